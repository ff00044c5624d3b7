/** What people may say of lines, meters and sinks: all of a new one, or what changes of one. */
import type { MeterKeyName } from "../vault/secret-names.ts";
import type { AssociationSettingsEdit } from "./association-settings.ts";
import type { LineEndpoint } from "./line-endpoint.ts";
import type {
  AddressSize,
  AssociationProfile,
  AuthenticationKind,
  Line,
  SecurityProfile,
  TlsSettings,
} from "./model.ts";
import type { ScalerCorrectionsEdit } from "./scaler-corrections.ts";

/** Numeric id, or the name as people gave it. Digits are looked up as a name first. */
export type Reference = number | string;

/** What a new line needs; the rest has defaults. */
export interface LineDraft {
  /** Defaults to `host:port`, or what else says where it is. */
  readonly name?: string;
  readonly endpoint: LineEndpoint;
  /** Defaults to `hdlc`; to `wrapper` over UDP and for meters that dial in. */
  readonly framing?: Line["framing"];
  readonly gapMs?: number;
  readonly connectTimeoutMs?: number;
  readonly responseTimeoutMs?: number;
}
export type LineEdit = Partial<LineDraft>;

/** What a new meter needs. `password`, `thingsBoardToken` and `securityKeys` are write-only. */
export interface MeterDraft {
  readonly name: string;
  /** Name or id of an existing line; or `endpoint`, which finds or makes the line. */
  readonly line?: Reference;
  readonly endpoint?: LineDraft["endpoint"];
  readonly framing?: Line["framing"];
  readonly template?: string;
  readonly address?: {
    readonly size?: AddressSize;
    readonly upper?: number;
    readonly lower?: number;
  };
  readonly clientSap?: number;
  readonly authentication?: AuthenticationKind;
  readonly referencing?: "ln" | "sn";
  readonly quirks?: AssociationProfile["quirks"];
  /** What is left out stays; null takes a setting back to its default. */
  readonly settings?: AssociationSettingsEdit;
  /** Corrections by logical name; what is left out stays, null takes one away. */
  readonly scalers?: ScalerCorrectionsEdit;
  /** What is left out keeps what it has, or gets the defaults. */
  readonly security?: Partial<SecurityProfile>;
  readonly password?: string;
  /** Hexadecimal; an empty text removes the key. */
  readonly securityKeys?: Readonly<Partial<Record<MeterKeyName, string>>>;
  /** First invocation counter to use, 0..2^32 - 1; never takes one back. */
  readonly invocationCounter?: number;
  readonly thingsBoardToken?: string;
  /** Catalogue keys; an unknown key is refused with `registry/unknown-key`. */
  readonly keys?: readonly string[];
  readonly intervalMs?: number;
}
export type MeterEdit = Partial<MeterDraft>;

/** What a new sink needs. `password` is write-only. */
export type SinkDraft =
  | {
      readonly kind: "mqtt";
      readonly name: string;
      readonly url: string;
      readonly tls?: TlsSettings;
      readonly username?: string;
      readonly password?: string;
      readonly clientId?: string;
      readonly topic?: string;
      readonly statusTopic?: string;
      readonly format?: "original" | "flat" | "senml";
      readonly retain?: boolean;
    }
  | {
      readonly kind: "thingsboard-device";
      readonly name: string;
      readonly url: string;
      readonly tls?: TlsSettings;
    };
export type SinkEdit = { readonly [Field in keyof Extract<SinkDraft, { kind: "mqtt" }>]?: unknown };
