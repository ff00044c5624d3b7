import { catalogue, type ObisCode, obis, parseObis } from "@lectura/dlms/cosem";
import { GatewayError } from "../errors.ts";
import { nearest } from "./nearest.ts";
import type { PlanItem } from "./model.ts";

/** Class and attribute of a bare OBIS code: the value of a register. */
const registerClass = 3;
const valueAttribute = 2;

/** `[CLASS:]OBIS[:ATTRIBUTE]`; the code itself may contain one colon (`1-0:1.8.0`). */
const withNumbers =
  /^(?:(?<classId>\d{1,5}):(?=.*[.-]))?(?<code>.+?)(?::(?<attribute>-?\d{1,3}))?$/;

function parseObjectText(text: string): PlanItem | undefined {
  const groups = withNumbers.exec(text)?.groups;
  const code = parseObis(groups?.["code"] ?? text);
  if (groups === undefined || !code.ok) return undefined;
  const known = catalogue.byObis(code.code);
  const classId = Number(groups["classId"] ?? registerClass);
  const attributeId = Number(groups["attribute"] ?? valueAttribute);
  if (classId > 0xffff || attributeId < -128 || attributeId > 127) return undefined;
  return {
    key: text,
    classId,
    logicalName: code.code,
    attributeId,
    expectedUnit: known?.attributeId === attributeId ? known.unit : undefined,
    description: known?.description.en ?? code.code,
  };
}

/** The catalogue's objects lie in channel B = 0; a meter that has them in another says which. */
function inChannel(code: ObisCode, channel: number | undefined): ObisCode {
  const [a, b, ...rest] = code.split(".");
  return channel === undefined || a !== "1" || b !== "0"
    ? code
    : obis([a, channel, ...rest].join("."));
}

/**
 * What a key of a reading plan stands for: a key or alias of the catalogue, or an object written
 * `[CLASS:]OBIS[:ATTRIBUTE]` (class 3 attribute 2 by default).
 * @param channel OBIS group B of this meter's electricity objects, for catalogue keys.
 * @throws {GatewayError} `registry/unknown-key` with the nearest keys.
 */
export function resolvePlanKey(text: string, channel?: number): PlanItem {
  const key = text.trim();
  const entry = catalogue.byKey(key);
  if (entry !== undefined) {
    return {
      key,
      classId: entry.classId,
      logicalName: inChannel(entry.logicalName, channel),
      attributeId: entry.attributeId,
      expectedUnit: entry.unit,
      description: entry.description.en,
    };
  }
  const item = parseObjectText(key);
  if (item !== undefined) return item;
  const keys = catalogue.entries.flatMap((known) => [known.key, ...known.aliases]);
  const near = nearest(key, keys).join(", ");
  throw new GatewayError(
    "registry/unknown-key",
    `"${key}" is no key of the catalogue and no OBIS code${near === "" ? "" : `; near: ${near}`}`,
    { params: { key, nearest: near } },
  );
}

/** All keys of a plan. @throws {GatewayError} `registry/unknown-key`, `registry/duplicate-key` */
export function resolvePlanKeys(keys: readonly string[], channel?: number): readonly PlanItem[] {
  const items = keys.map((key) => resolvePlanKey(key, channel));
  const seen = new Set<string>();
  for (const { key } of items) {
    if (seen.has(key)) {
      throw new GatewayError("registry/duplicate-key", `the plan names ${key} twice`, {
        params: { key },
      });
    }
    seen.add(key);
  }
  return items;
}
