import type { DatabaseSync } from "node:sqlite";
import { fromHex } from "@lectura/dlms/octets";
import { Secret } from "@lectura/dlms/security";
import type { MeterDraft, MeterEdit, Reference } from "./draft.ts";
import { GatewayError } from "../errors.ts";
import { counterName } from "../vault/meter-credentials.ts";
import { keyFields, meterKeyNames, meterOwner, secretFields } from "../vault/secret-names.ts";
import type { Vault } from "../vault/vault.ts";
import { mergeSettings } from "./association-settings.ts";
import { checkMeterDraft, checkName, invalid } from "./check-drafts.ts";
import { addLine, lineAt, refuseOtherFraming, refuseOtherWay } from "./line-records.ts";
import { getLine, getMeter, refuseTakenName } from "./look-up.ts";
import type { AssociationProfile, Line, Meter, SecurityProfile, Template } from "./model.ts";
import { mergeCorrections, type ScalerCorrections } from "./scaler-corrections.ts";
import { resolvePlanKeys } from "./plan-key.ts";
import { readMeters, writeMeter } from "./registry-tables.ts";
import { keyOctets, securityOf } from "./security-profile.ts";
import { getTemplate } from "./templates.ts";

/** What meters get that say nothing else. */
export interface PlanDefaults {
  readonly intervalMs: number;
  readonly keys: readonly string[];
}

/** What the functions here work on: all inside the caller's transaction. */
export interface MeterContext {
  readonly database: DatabaseSync;
  readonly vault: Vault;
  readonly nowMs: number;
  readonly defaults: PlanDefaults;
}

const clientSapDefault = 1;
/**
 * IEC 62056-46 6.4.2: seven bits an octet, the last bit of each marks the end. One octet has no
 * lower part: the physical address is kept for the day the size changes, and is not sent.
 */
const hdlcBounds = {
  1: { upper: 0x7f, lower: 0x3fff },
  2: { upper: 0x7f, lower: 0x7f },
  4: { upper: 0x3fff, lower: 0x3fff },
  auto: { upper: 0x3fff, lower: 0x3fff },
} as const;

function checkAddress(line: Line, address: Meter["address"], clientSap: number): void {
  // Wrapper ports have 16 bits (IEC 62056-47).
  if (line.framing === "wrapper") return;
  const bounds = hdlcBounds[address.size];
  for (const part of ["upper", "lower"] as const) {
    if (address[part] > bounds[part]) {
      const octets = address.size === "auto" ? 4 : address.size;
      throw invalid(`address.${part}`, `is at most ${bounds[part]} in ${octets} octets`);
    }
  }
  if (clientSap < 1 || clientSap > 0x7f) throw invalid("clientSap", "is 1 to 127 on HDLC");
}

function refuseTakenAddress(
  database: DatabaseSync,
  line: Line,
  { size, upper, lower }: Meter["address"],
  ownId: number | undefined,
): void {
  // Meters of one octet differ by their upper address alone.
  const isSame = ({ address }: Meter): boolean =>
    address.lower === lower || (size === 1 && address.size === 1);
  const holder = readMeters(database, { line_id: line.id, upper }).find(
    (meter) => meter.id !== ownId && isSame(meter),
  );
  if (holder === undefined) return;
  throw new GatewayError(
    "registry/address-taken",
    `address ${upper}/${lower} on line "${line.name}" is meter "${holder.name}" already`,
    { params: { line: line.name, upper, lower, meter: holder.name } },
  );
}

/** The line a draft names, or the one at its endpoint, made when there is none. */
function lineOf(database: DatabaseSync, draft: MeterEdit, current: Line | undefined): Line {
  if (draft.line !== undefined) {
    const line = getLine(database, draft.line);
    refuseOtherFraming(line, draft.framing);
    return line;
  }
  if (draft.endpoint === undefined) {
    if (current === undefined) throw invalid("endpoint", "name a line or an endpoint host:port");
    refuseOtherFraming(current, draft.framing);
    return current;
  }
  const existing = lineAt(database, draft.endpoint);
  if (existing !== undefined) {
    refuseOtherFraming(existing, draft.framing);
    refuseOtherWay(existing, draft.endpoint);
    return existing;
  }
  const { endpoint, framing } = draft;
  return addLine(database, { endpoint, ...(framing === undefined ? {} : { framing }) });
}

type Fallback = Pick<Meter, "address" | "template"> & {
  readonly association: Template["association"];
  readonly intervalMs: number;
  readonly items: Meter["plan"]["items"];
  readonly channel: number | undefined;
  readonly scalers?: ScalerCorrections;
};

function fallbackOfTemplate(template: Template): Fallback {
  return {
    address: template.address,
    association: template.association,
    template: template.name,
    intervalMs: template.plan.intervalMs,
    items: resolvePlanKeys(template.plan.keys, template.channel),
    channel: template.channel,
    ...(template.plan.scalers === undefined ? {} : { scalers: template.plan.scalers }),
  };
}

function fallbackOfNothing(defaults: PlanDefaults, hasPassword: boolean): Fallback {
  return {
    address: { size: "auto", upper: 1, lower: 0 },
    association: {
      clientSap: clientSapDefault,
      authentication: hasPassword ? "lls" : "none",
      quirks: {},
    },
    template: undefined,
    intervalMs: defaults.intervalMs,
    items: resolvePlanKeys(defaults.keys),
    channel: undefined,
  };
}

function addressOf(draft: MeterEdit["address"], fallback: Meter["address"]): Meter["address"] {
  const upper = draft?.upper ?? fallback.upper;
  const lower = draft?.lower ?? fallback.lower;
  // One octet has no room for a lower address: whoever gives one means a longer form.
  const size = draft?.size ?? (fallback.size === 1 && lower !== 0 ? "auto" : fallback.size);
  return { size, upper, lower };
}

function associationOf(draft: MeterEdit, fallback: Fallback["association"]): AssociationProfile {
  const authentication = draft.authentication ?? fallback.authentication;
  const referencing = draft.referencing ?? fallback.referencing;
  const security = securityOf(draft.security, fallback.security, authentication);
  const settings = mergeSettings(fallback.settings, draft.settings);
  return {
    clientSap: draft.clientSap ?? fallback.clientSap,
    authentication,
    ...(referencing === undefined ? {} : { referencing }),
    ...(security === undefined ? {} : { security }),
    quirks: { ...fallback.quirks, ...draft.quirks },
    ...(settings === undefined ? {} : { settings }),
  };
}

function merge(draft: MeterEdit, fallback: Fallback) {
  const scalers = mergeCorrections(fallback.scalers, draft.scalers);
  return {
    address: addressOf(draft.address, fallback.address),
    association: associationOf(draft, fallback.association),
    template: fallback.template,
    plan: {
      intervalMs: draft.intervalMs ?? fallback.intervalMs,
      items:
        draft.keys === undefined ? fallback.items : resolvePlanKeys(draft.keys, fallback.channel),
      ...(scalers === undefined ? {} : { scalers }),
    },
  };
}

/** An empty text removes the secret, an absent one leaves it. */
function keepSecrets(vault: Vault, meterId: number, draft: MeterEdit): void {
  const secrets = [
    [secretFields.password, draft.password],
    [secretFields.thingsBoardToken, draft.thingsBoardToken],
  ] as const;
  for (const [field, text] of secrets) {
    if (text === undefined) continue;
    if (text === "") vault.remove(meterOwner(meterId), field);
    else vault.put(meterOwner(meterId), field, Secret.fromText(text));
  }
}

function keepKeys(
  vault: Vault,
  meterId: number,
  keys: MeterEdit["securityKeys"],
  security: SecurityProfile | undefined,
): void {
  for (const name of meterKeyNames) {
    const hex = keys?.[name];
    if (hex === undefined) continue;
    const octets = fromHex(hex);
    const wanted = keyOctets(name, security ?? { suite: 0 });
    if (octets.length === 0) vault.remove(meterOwner(meterId), keyFields[name]);
    else if (wanted !== undefined && octets.length !== wanted) {
      const suite = security?.suite ?? 0;
      throw invalid(`securityKeys.${name}`, `has ${wanted} octets in suite ${suite}`);
    } else vault.put(meterOwner(meterId), keyFields[name], new Secret(octets));
  }
}

/** A person says where counting begins. Forward only: no counter is ever used twice. */
function moveCounter(
  { database, vault }: MeterContext,
  meterId: number,
  { security }: AssociationProfile,
  counter: number | undefined,
): void {
  if (counter === undefined) return;
  const key = vault.reveal(meterOwner(meterId), keyFields.guek);
  if (security === undefined || key === undefined) {
    throw invalid("invocationCounter", "belongs to a key; give the meter its guek first");
  }
  const move = `INSERT INTO invocation_counters (name, reserved) VALUES (?, ?)
    ON CONFLICT DO UPDATE SET reserved = max(reserved, excluded.reserved)`;
  const name = counterName(vault, fromHex(security.clientSystemTitle), key);
  database.prepare(move).run(name, counter);
}

/** What was learnt about the meter at this address does not hold for another one. */
function forget(database: DatabaseSync, meterId: number): void {
  database.prepare("DELETE FROM scalers WHERE meter_id = ?").run(meterId);
  database.prepare("DELETE FROM facts WHERE meter_id = ?").run(meterId);
}

export function addMeter(context: MeterContext, draft: MeterDraft): Meter {
  const { database, vault, nowMs, defaults } = context;
  checkMeterDraft(draft);
  checkName("meter", draft.name);
  refuseTakenName("meter", draft.name, readMeters(database, { name: draft.name })[0], undefined);
  const hasPassword = (draft.password ?? "") !== "";
  const fallback =
    draft.template === undefined
      ? fallbackOfNothing(defaults, hasPassword)
      : fallbackOfTemplate(getTemplate(database, draft.template));
  const merged = merge(draft, fallback);
  const line = lineOf(database, draft, undefined);
  checkAddress(line, merged.address, merged.association.clientSap);
  refuseTakenAddress(database, line, merged.address, undefined);
  const id = writeMeter(database, undefined, {
    name: draft.name,
    lineId: line.id,
    ...merged,
    paused: false,
    createdAt: nowMs,
    updatedAt: nowMs,
  });
  keepSecrets(vault, id, draft);
  keepKeys(vault, id, draft.securityKeys, merged.association.security);
  moveCounter(context, id, merged.association, draft.invocationCounter);
  return getMeter(database, id);
}

export function editMeter(context: MeterContext, reference: Reference, edit: MeterEdit): Meter {
  const { database, vault, nowMs } = context;
  const meter = getMeter(database, reference);
  checkMeterDraft({ name: meter.name, ...edit });
  const name = edit.name ?? meter.name;
  checkName("meter", name);
  refuseTakenName("meter", name, readMeters(database, { name })[0], meter.id);
  const fallback = fallbackOfEdit(database, meter, edit.template);
  const merged = merge(edit, fallback);
  const line = lineOf(database, edit, getLine(database, meter.lineId));
  checkAddress(line, merged.address, merged.association.clientSap);
  refuseTakenAddress(database, line, merged.address, meter.id);
  writeMeter(database, meter.id, {
    name,
    lineId: line.id,
    ...merged,
    paused: meter.paused,
    createdAt: meter.createdAt,
    updatedAt: nowMs,
  });
  const before = JSON.stringify([meter.lineId, meter.address, meter.association]);
  const after = JSON.stringify([line.id, merged.address, merged.association]);
  if (before !== after) forget(database, meter.id);
  keepSecrets(vault, meter.id, edit);
  keepKeys(vault, meter.id, edit.securityKeys, merged.association.security);
  moveCounter(context, meter.id, merged.association, edit.invocationCounter);
  return getMeter(database, meter.id);
}

/** A new template starts from the template; otherwise what the meter has stays. */
function fallbackOfEdit(
  database: DatabaseSync,
  meter: Meter,
  newTemplate: string | undefined,
): Fallback {
  if (newTemplate !== undefined && newTemplate !== meter.template) {
    return fallbackOfTemplate(getTemplate(database, newTemplate));
  }
  const channel =
    meter.template === undefined ? undefined : getTemplate(database, meter.template).channel;
  return { ...meter, ...meter.plan, channel };
}

/** The journal keeps what the meter said; its number is never given to another meter. */
export function removeMeter({ database, vault }: MeterContext, reference: Reference): void {
  const { id } = getMeter(database, reference);
  database.prepare("DELETE FROM registry_meters WHERE id = ?").run(id);
  forget(database, id);
  vault.remove(meterOwner(id));
}

export function setMeterPaused(
  { database, nowMs }: MeterContext,
  reference: Reference,
  isPaused: boolean,
): Meter {
  const { id } = getMeter(database, reference);
  database
    .prepare("UPDATE registry_meters SET paused = ?, updated_at = ? WHERE id = ?")
    .run(isPaused ? 1 : 0, nowMs, id);
  return getMeter(database, id);
}
