import type { DlmsError } from "@lectura/dlms/octets";
import type { OpenedPush, PushMeaning, PushMessage, PushReceiverOptions } from "@lectura/dlms/push";
import type { Clock } from "../clock.ts";

/** Who pushes, as the transport says. */
export interface PushPeerAddress {
  readonly transport: "tcp" | "udp" | "port";
  /** IP address; the label of a port. */
  readonly address: string;
  /** 0 for a port. */
  readonly port: number;
}

/** One message for the handler. */
export interface PushDelivery {
  readonly peer: PushPeerAddress;
  /** Wall clock when its last octet came. */
  readonly receivedAtMs: number;
  readonly meaning: PushMeaning;
  /** Absent for what is no APDU at all. */
  readonly message?: PushMessage;
}

/** What happens at a listener beside notifications; for logs and counters. */
export type PushListenerEvent =
  | { readonly type: "connected" | "disconnected"; readonly peer: PushPeerAddress }
  /** A connection beyond `connectionsMax` or `connectionsPerAddressMax`, closed at once. */
  | { readonly type: "refused"; readonly peer: PushPeerAddress }
  /** A message that could not be opened, put together or understood. */
  | {
      readonly type: "failed";
      readonly peer: PushPeerAddress;
      readonly error: DlmsError;
      readonly apdu: Uint8Array;
    }
  /** A notification beyond `pendingPerPeerMax` or `pendingMax`: the newest is dropped. */
  | { readonly type: "dropped"; readonly peer: PushPeerAddress }
  /** The handler threw; the message is not confirmed. */
  | { readonly type: "rejected"; readonly peer: PushPeerAddress; readonly error: unknown }
  /** A datagram that came before; its confirmation is sent again. */
  | { readonly type: "duplicate"; readonly peer: PushPeerAddress }
  /** A UDP peer beyond `udpPeersMax` forgotten, with what it had begun. */
  | { readonly type: "forgotten"; readonly peer: PushPeerAddress };

/** Bounds of a listener. At most (connections + UDP peers) units and transfers are held. */
export interface PushListenerLimits {
  /** Connections at a time; one more is closed at once. */
  readonly connectionsMax: number;
  /** The same for one IP address: meters behind one NAT share it. */
  readonly connectionsPerAddressMax: number;
  /** UDP peers remembered; beyond, the one silent for longest is forgotten. */
  readonly udpPeersMax: number;
  /** Notifications of a UDP peer or a port that wait; beyond, the newest is dropped. */
  readonly pendingPerPeerMax: number;
  /** Notifications of all peers together; beyond, the newest of UDP and ports is dropped. */
  readonly pendingMax: number;
  /** Octets of one unit, segments joined. */
  readonly unitOctetsMax: number;
  /** Octets of one APDU that comes in blocks. */
  readonly transferOctetsMax: number;
  /** Pause behind which no frame goes on. */
  readonly silenceMs: number;
  /** Pause behind which no message goes on: E450 leaves 3 s between segments (R9). */
  readonly messageMs: number;
  /** Silence after which a connection is closed, a UDP peer forgotten. */
  readonly idleMs: number;
  /** A datagram that comes again within this time is a duplicate (R65). */
  readonly duplicateMs: number;
}

/** Limits where none are given. */
export const defaultPushLimits: PushListenerLimits = {
  connectionsMax: 1024,
  connectionsPerAddressMax: 64,
  udpPeersMax: 1024,
  pendingPerPeerMax: 64,
  pendingMax: 4096,
  unitOctetsMax: 65_535,
  transferOctetsMax: 262_144,
  silenceMs: 2000,
  messageMs: 15_000,
  idleMs: 300_000,
  duplicateMs: 10_000,
};

/** What every way in has in common. */
export interface PushListenerOptions {
  /**
   * Takes one notification; those of one peer come one after the other. A confirmed one is
   * confirmed when this resolves, so resolve when it is stored.
   */
  readonly onNotification: (delivery: PushDelivery) => Promise<void> | void;
  /** Takes what happens; never throws back. */
  readonly onEvent?: (event: PushListenerEvent) => void;
  /** How to open and name; see `pushOpener` and `PushNaming`. */
  readonly reading?: Omit<PushReceiverOptions, "unitOctetsMax" | "transferOctetsMax">;
  /** Ciphers a confirmation as its push was; absent: ciphered pushes are not confirmed. */
  readonly seal?: (apdu: Uint8Array, opened: OpenedPush) => Uint8Array | undefined;
  /** False: nothing is ever confirmed. */
  readonly confirm?: boolean;
  readonly limits?: Partial<PushListenerLimits>;
  /** Absent: the machine's. */
  readonly clock?: Clock;
}
