import type { ObisCode } from "@lectura/dlms/cosem";

/** One endpoint with its framing and one owner. A line may carry many meters. */
export interface Line {
  readonly id: number;
  readonly name: string;
  readonly endpoint: { readonly kind: "tcp"; readonly host: string; readonly port: number };
  readonly framing: "hdlc" | "wrapper" | "auto";
  /** Pause between the end of one exchange and the next on this line. */
  readonly gapMs: number;
  readonly connectTimeoutMs: number;
  readonly responseTimeoutMs: number;
  readonly paused: boolean;
}

/** `auto` is resolved by probing without credentials and remembered. */
export type AddressSize = 1 | 2 | 4 | "auto";

export type AuthenticationKind =
  | "none"
  | "lls"
  | "hls-manufacturer"
  | "hls-md5"
  | "hls-sha1"
  | "hls-gmac"
  | "hls-sha256"
  | "hls-ecdsa";

/** How a meter wants to be spoken to. Quirk flags are named for behaviour, never for a vendor. */
export interface AssociationProfile {
  readonly clientSap: number;
  readonly authentication: AuthenticationKind;
  readonly quirks: {
    readonly invokeIdAlwaysOne?: boolean;
    readonly skipRelease?: boolean;
    readonly noSnrmParameters?: boolean;
    readonly noGetWithList?: boolean;
  };
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
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Data, not code: what a meter family needs. */
export interface Template {
  readonly name: string;
  readonly description: string;
  readonly address: Meter["address"];
  readonly association: AssociationProfile;
  readonly plan: { readonly intervalMs: number; readonly keys: readonly string[] };
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
