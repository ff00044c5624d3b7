import type { ObisCode } from "@lectura/dlms/cosem";
import type {
  EnvelopeForm,
  MechanismName,
  Protection,
  SecuritySuite,
} from "@lectura/dlms/security";
import type { MeterKeyName } from "../vault/secret-names.ts";
import type { AssociationSettings } from "./association-settings.ts";
import type { ScalerCorrections } from "./scaler-corrections.ts";
import type { LineEndpoint } from "./line-endpoint.ts";

/** One endpoint with its framing and one owner. A line may carry many meters. */
export interface Line {
  readonly id: number;
  readonly name: string;
  readonly endpoint: LineEndpoint;
  readonly framing: "hdlc" | "wrapper" | "auto";
  /** Pause between the end of one exchange and the next on this line. */
  readonly gapMs: number;
  readonly connectTimeoutMs: number;
  readonly responseTimeoutMs: number;
  readonly paused: boolean;
}

/** `auto` is resolved by probing without credentials and remembered. */
export type AddressSize = 1 | 2 | 4 | "auto";

export type AuthenticationKind = MechanismName;

/**
 * Ciphering of an association, and what its proofs need. Keys are in the vault, their invocation
 * counters in a table of their own.
 */
export interface SecurityProfile {
  readonly suite: SecuritySuite;
  /** Of services, both ways. */
  readonly protection: Protection;
  /** Application context with ciphering though services are plain (policy 0). */
  readonly cipheredContext: boolean;
  /** glo- and ded- by service, or general-glo- and general-ded-ciphering. */
  readonly form: EnvelopeForm;
  /** Services under a key made for each association. */
  readonly dedicatedKey: boolean;
  /** Ours, 16 hex digits. */
  readonly clientSystemTitle: string;
  /** The meter's, where it does not say it by itself or another one must be refused. */
  readonly serverSystemTitle?: string;
  /** Octets of our challenge, 8..64; the mechanism's default when absent. */
  readonly challengeOctets?: number;
  /** Class 1 object, attribute 2: the last counter the meter has seen of us. */
  readonly counterObject: ObisCode;
  /** Added to what that object says: the next counter the meter takes. */
  readonly counterStep: number;
  /** Client that may read that object without credentials. */
  readonly publicClientSap: number;
}

/** How a meter wants to be spoken to. Quirk flags are named for behaviour, never for a vendor. */
export interface AssociationProfile {
  readonly clientSap: number;
  readonly authentication: AuthenticationKind;
  /** How the meter names its objects. Absent = "ln", logical names. */
  readonly referencing?: "ln" | "sn";
  /** Absent: nothing is ciphered, and no proof needs more than a secret. */
  readonly security?: SecurityProfile;
  readonly quirks: {
    readonly invokeIdAlwaysOne?: boolean;
    readonly skipRelease?: boolean;
    readonly noSnrmParameters?: boolean;
    readonly noGetWithList?: boolean;
  };
  /** What few meters need. */
  readonly settings?: AssociationSettings;
}

export interface PlanItem {
  readonly key: string;
  readonly classId: number;
  readonly logicalName: ObisCode;
  readonly attributeId: number;
  /** Blue Book unit code the catalogue expects; another one from the meter flags the Reading. */
  readonly expectedUnit: number | undefined;
  readonly description: string;
}

/** Items read together, at one interval. */
export interface ReadingPlan {
  readonly intervalMs: number;
  readonly items: readonly PlanItem[];
  /** Scalers that the meter states wrongly. */
  readonly scalers?: ScalerCorrections;
}

export interface Meter {
  readonly id: number;
  readonly name: string;
  readonly lineId: number;
  readonly address: { readonly size: AddressSize; readonly upper: number; readonly lower: number };
  readonly association: AssociationProfile;
  readonly template: string | undefined;
  readonly plan: ReadingPlan;
  readonly paused: boolean;
  /** Whether a password or token is stored; the secrets themselves never leave the vault. */
  readonly hasPassword: boolean;
  readonly hasThingsBoardToken: boolean;
  /** Names of the keys that are stored. */
  readonly hasKeys: readonly MeterKeyName[];
  /** New keys were sent to the meter and are not proved yet; both are kept. */
  readonly keyChangePending: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Data, not code: what a meter family needs. */
export interface Template {
  readonly name: string;
  readonly description: string;
  readonly address: Meter["address"];
  readonly association: Omit<AssociationProfile, "security"> & {
    /** What it leaves out has the defaults; every meter gets a client title of its own. */
    readonly security?: Partial<SecurityProfile>;
  };
  readonly plan: {
    readonly intervalMs: number;
    readonly keys: readonly string[];
    readonly scalers?: ScalerCorrections;
  };
  /** OBIS group B of its electricity objects, where it is not 0. */
  readonly channel?: number;
}

export interface TlsSettings {
  /** PEM file of the authority to trust; the system's when absent. */
  readonly caFile?: string;
  readonly certificateFile?: string;
  readonly keyFile?: string;
  readonly serverName?: string;
}

/** Where readings go. Secrets (user/password) are in the vault under `sink:<id>`. */
export type SinkDefinition = {
  readonly id: number;
  readonly name: string;
  readonly paused: boolean;
} & (
  | {
      readonly kind: "mqtt";
      readonly url: string;
      readonly tls: TlsSettings | undefined;
      readonly username: string | undefined;
      readonly hasPassword: boolean;
      readonly clientId: string | undefined;
      /** `{meter}` is the meter's name, `{meterId}` its number. */
      readonly topic: string;
      readonly statusTopic: string;
      readonly format: "original" | "flat" | "senml";
      readonly retain: boolean;
    }
  | {
      /** One MQTT connection per meter, user name = that meter's device token. */
      readonly kind: "thingsboard-device";
      readonly url: string;
      readonly tls: TlsSettings | undefined;
    }
);
export type SinkKind = SinkDefinition["kind"];
