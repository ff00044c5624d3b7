/** Settings of an association that few meters need, as data. */
import { type ConformanceBit, conformanceBits } from "@lectura/dlms/xdlms";
import { z } from "zod";

/** Defaults: `docs/requirements.md`, "Meter settings that are data". */
export interface AssociationSettings {
  /** Requests the meter gives an association; one poll must fit. Default: no limit. */
  readonly requestsMax?: number;
  /** Least pause after a session that failed, ms. Default: none beyond the growing one. */
  readonly retryDelayMs?: number;
  /** Octets of an HDLC information field, both ways. Default: 128. */
  readonly informationOctets?: number;
  /** HDLC frames before an acknowledgement, both ways. Default: 1. */
  readonly windowFrames?: number;
  /** Largest APDU we receive. Default: 65535. */
  readonly maxPduOctets?: number;
  /** Proposed conformance. Default: every service we use. */
  readonly conformance?: readonly ConformanceBit[];
  /** Assumed instead of what the meter answers. */
  readonly conformanceAssumed?: readonly ConformanceBit[];
  /** Proposes general block transfer with this window. Default: not proposed. */
  readonly blockWindow?: number;
  /** Requests without the high-priority bit. Default: false. */
  readonly lowPriority?: boolean;
  /** N(R) of the meter says nothing. Default: false. */
  readonly ignoreReceiveSequence?: boolean;
  /** How often a frame is sent at most. Default: 3. */
  readonly attemptsMax?: number;
  /** Pause inside an answer that ends the wait for it, ms. Default: 1000. */
  readonly octetMs?: number;
  /** One address form while probing, ms. Default: 2000. */
  readonly probeMs?: number;
  /** Release, disconnect and close together, ms. Default: 1500. */
  readonly releaseMs?: number;
  /** The meter's deviation has the opposite sign: UTC = local - deviation. Default: false. */
  readonly invertedDeviation?: boolean;
}

/** Changes of settings; null takes one back to its default. */
export type AssociationSettingsEdit = {
  readonly [Name in keyof AssociationSettings]: AssociationSettings[Name] | null;
};

type Kind =
  | { readonly kind: "count"; readonly min: number; readonly max: number }
  | { readonly kind: "flag" }
  | { readonly kind: "services" };

const count = (min: number, max: number): Kind => ({ kind: "count", min, max });
const flag: Kind = { kind: "flag" };
const services: Kind = { kind: "services" };
const minuteMs = 60_000;

const kinds: Readonly<Record<keyof AssociationSettings, Kind>> = {
  requestsMax: count(4, 1_000_000_000),
  retryDelayMs: count(0, 24 * 60 * minuteMs),
  informationOctets: count(32, 2030),
  windowFrames: count(1, 7),
  maxPduOctets: count(12, 0xffff),
  conformance: services,
  conformanceAssumed: services,
  blockWindow: count(1, 63),
  lowPriority: flag,
  ignoreReceiveSequence: flag,
  attemptsMax: count(1, 20),
  octetMs: count(10, minuteMs),
  probeMs: count(10, minuteMs),
  releaseMs: count(10, minuteMs),
  invertedDeviation: flag,
};

/** Names of all settings. */
export const associationSettingNames: readonly string[] = Object.keys(kinds);

function schemaOf(kind: Kind): z.ZodType {
  switch (kind.kind) {
    case "count":
      return z.int().min(kind.min).max(kind.max);
    case "flag":
      return z.boolean();
    case "services":
      return z.array(z.enum(conformanceBits)).min(1).max(conformanceBits.length);
  }
}

const entries = Object.entries(kinds);

/** As they are kept. */
export const associationSettings: z.ZodType = z.strictObject(
  Object.fromEntries(entries.map(([name, kind]) => [name, schemaOf(kind).optional()])),
);

/** As a draft changes them. */
export const associationSettingsEdit: z.ZodType = z.strictObject(
  Object.fromEntries(entries.map(([name, kind]) => [name, schemaOf(kind).nullable().optional()])),
);

/** Settings with a change made; undefined where nothing is set. */
export function mergeSettings(
  before: AssociationSettings | undefined,
  edit: AssociationSettingsEdit | undefined,
): AssociationSettings | undefined {
  const merged = Object.entries({ ...before, ...edit }).filter(([, value]) => value !== null);
  return merged.length === 0 ? undefined : (Object.fromEntries(merged) as AssociationSettings);
}

/**
 * `requestsMax=20`, `lowPriority=yes`, `conformance=get,set,selective-access`; nothing behind the
 * sign takes the setting back. Undefined: no such setting, or no value of its kind; bounds are
 * checked with the draft.
 */
export function parseSetting(text: string): AssociationSettingsEdit | undefined {
  const [, name = "", value = ""] = /^([A-Za-z]+)=(.*)$/s.exec(text.trim()) ?? [];
  const kind = Object.hasOwn(kinds, name) ? kinds[name as keyof AssociationSettings] : undefined;
  if (kind === undefined) return undefined;
  if (value === "") return { [name]: null };
  const parsed = valueOf(kind, value);
  return parsed === undefined ? undefined : { [name]: parsed };
}

function valueOf({ kind }: Kind, text: string): unknown {
  if (kind === "services") return text.split(/[,+]/).map((word) => word.trim());
  if (kind === "count") return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
  if (["yes", "true", "1"].includes(text)) return true;
  return ["no", "false", "0"].includes(text) ? false : undefined;
}

/** Each setting as `parseSetting` takes it, services with a plus between them. */
export function settingTexts(settings: AssociationSettings | undefined): readonly string[] {
  return Object.entries(settings ?? {}).map(([name, value]: readonly [string, unknown]) => {
    const text = Array.isArray(value) ? value.join("+") : String(value);
    return `${name}=${text === "true" ? "yes" : text === "false" ? "no" : text}`;
  });
}
