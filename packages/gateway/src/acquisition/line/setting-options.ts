import type { SessionOptions, SessionTimeouts } from "@lectura/dlms-node";
import type { AssociationSettings } from "../../registry/association-settings.ts";

/** The options of a session that a meter's settings decide. */
export type SettingOptions = Pick<
  SessionOptions,
  | "attemptsMax"
  | "conformance"
  | "conformanceAssumed"
  | "generalBlockTransfer"
  | "maxPduOctets"
  | "requestsMax"
> & {
  readonly hdlc: NonNullable<SessionOptions["hdlc"]>;
  readonly quirks: NonNullable<SessionOptions["quirks"]>;
  readonly timeouts: Partial<SessionTimeouts>;
};

/** Settings by their names to options by theirs; what is absent has the session's default. */
export function settingOptions(settings: AssociationSettings = {}): SettingOptions {
  const { informationOctets: octets, windowFrames: frames, blockWindow } = settings;
  const { lowPriority, ignoreReceiveSequence, octetMs, probeMs, releaseMs } = settings;
  const { attemptsMax, conformance, conformanceAssumed, maxPduOctets, requestsMax } = settings;
  return {
    ...(attemptsMax === undefined ? {} : { attemptsMax }),
    ...(conformance === undefined ? {} : { conformance }),
    ...(conformanceAssumed === undefined ? {} : { conformanceAssumed }),
    ...(blockWindow === undefined ? {} : { generalBlockTransfer: { window: blockWindow } }),
    ...(maxPduOctets === undefined ? {} : { maxPduOctets }),
    ...(requestsMax === undefined ? {} : { requestsMax }),
    hdlc: {
      ...(octets === undefined ? {} : { transmitOctetsMax: octets, receiveOctetsMax: octets }),
      ...(frames === undefined ? {} : { transmitWindow: frames, receiveWindow: frames }),
    },
    quirks: {
      ...(lowPriority === undefined ? {} : { lowPriority }),
      ...(ignoreReceiveSequence === undefined ? {} : { ignoreReceiveSequence }),
    },
    timeouts: {
      ...(octetMs === undefined ? {} : { octetMs }),
      ...(probeMs === undefined ? {} : { probeMs }),
      ...(releaseMs === undefined ? {} : { releaseMs }),
    },
  };
}
