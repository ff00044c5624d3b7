/**
 * A meter's objects with their values as a file (`lectura objects --values --json`), see this
 * package's README for the format.
 */
import type { Data } from "@lectura/dlms/axdr";
import { attributeOf, holdsSecret, obis, type ObisCode } from "@lectura/dlms/cosem";
import type { AccessMode } from "@lectura/dlms/server";
import { MeterFileError } from "../simulator-error.ts";
import { dataOfJson } from "./data-of-json.ts";
import { invalid, listAt, numberKey, recordAt, textAt, wholeAt } from "./json-field.ts";

/** What the member `format` says. */
const meterFormat = "lectura-meter-1";
/** Objects of one file; one more refuses it. */
const objectsMax = 10_000;
const attributeIdMax = 127;
const methodIdMax = 127;

/** One object as it was read. */
export interface ExportedObject {
  readonly classId: number;
  readonly version: number;
  readonly logicalName: ObisCode;
  readonly attributes: ReadonlyMap<number, Data>;
  /** Empty where the file does not say them: what has a value can be read. */
  readonly modes: ReadonlyMap<number, AccessMode>;
  /** Methods a client may call. */
  readonly methods: readonly number[];
}

/** A meter as a file describes it. */
export interface MeterExport {
  readonly objects: readonly ExportedObject[];
}

const modes: readonly AccessMode[] = ["none", "read", "write", "read-write"];

/** @throws {MeterFileError} simulator/file-format, -invalid, -secret */
export function meterExportOf(json: unknown): MeterExport {
  const { format, objects } = recordAt(json, "the file");
  if (format !== meterFormat) {
    throw new MeterFileError("simulator/file-format", "format", `is not ${meterFormat}`);
  }
  const names = new Set<string>();
  return {
    objects: listAt(objects, "objects", objectsMax).map((each, at) => {
      const where = `objects[${at}]`;
      const object = objectOf(each, where);
      if (names.has(object.logicalName)) {
        throw invalid(`${where}.logicalName`, `comes twice: ${object.logicalName}`);
      }
      names.add(object.logicalName);
      return object;
    }),
  };
}

function objectOf(json: unknown, where: string): ExportedObject {
  const record = recordAt(json, where);
  const classId = wholeAt(record["classId"], `${where}.classId`, 0, 0xffff);
  const version = wholeAt(record["version"], `${where}.version`, 0, 0xff);
  const access =
    record["access"] === undefined ? {} : recordAt(record["access"], `${where}.access`);
  const attributes = new Map<number, Data>();
  for (const [key, value] of entriesAt(record["attributes"], `${where}.attributes`)) {
    const place = `${where}.attributes.${key}`;
    const id = numberKey(key, place, 2, attributeIdMax);
    refuseSecret(classId, version, id, place);
    attributes.set(id, dataOfJson(value, place));
  }
  const rights = entriesAt(access["attributes"], `${where}.access.attributes`);
  const methods = entriesAt(access["methods"], `${where}.access.methods`);
  return {
    classId,
    version,
    logicalName: nameAt(record["logicalName"], `${where}.logicalName`),
    attributes,
    modes: new Map(
      rights.map(([key, value]) => {
        const place = `${where}.access.attributes.${key}`;
        return [numberKey(key, place, 1, attributeIdMax), modeAt(value, place)];
      }),
    ),
    methods: methods.flatMap(([key, value]) => {
      const place = `${where}.access.methods.${key}`;
      const id = numberKey(key, place, 1, methodIdMax);
      if (typeof value !== "boolean") throw invalid(place, "is neither true nor false");
      return value ? [id] : [];
    }),
  };
}

function entriesAt(value: unknown, where: string): readonly (readonly [string, unknown])[] {
  return value === undefined ? [] : Object.entries(recordAt(value, where));
}

function nameAt(value: unknown, where: string): ObisCode {
  const text = textAt(value, where);
  try {
    return obis(text);
  } catch {
    throw invalid(where, "is no logical name");
  }
}

function modeAt(value: unknown, where: string): AccessMode {
  const mode = modes.find((each) => each === value);
  if (mode === undefined) throw invalid(where, `is none of ${modes.join(", ")}`);
  return mode;
}

/** A file that travels holds no passwords and keys: neither do we read one that does. */
function refuseSecret(classId: number, version: number, id: number, where: string): void {
  if (!holdsSecret(classId, id, version)) return;
  const { name } = (attributeOf(classId, id, version) ?? attributeOf(classId, id))!;
  throw new MeterFileError("simulator/file-secret", where, `${name} holds a secret`);
}
