/** What people write: fleets, settings, addresses, names. A typo is told, and breaks nothing. */
import { decodeData } from "@lectura/dlms/axdr";
import {
  formatObis,
  obis,
  obisFromOctets,
  obisToOctets,
  parseObis,
  readProfileRows,
  registerSetFromJson,
} from "@lectura/dlms/cosem";
import { fromHex } from "@lectura/dlms/octets";
import { parseSerialEndpoint } from "@lectura/dlms-node";
import {
  parseCount,
  parseDurationMs,
  parseEndpoint,
  parseInstantMs,
  parseReadTarget,
} from "../../packages/cli/src/parse.ts";
import { CliError } from "../../packages/cli/src/problem.ts";
import { GatewayError } from "../../packages/gateway/src/errors.ts";
import { lineDraft, meterDraft } from "../../packages/gateway/src/registry/import/fleet-fields.ts";
import { parseFleetFile } from "../../packages/gateway/src/registry/import/fleet-file.ts";
import { checkSettings } from "../../packages/gateway/src/settings/load-settings.ts";
import { text, vectorOctets } from "../corpus.ts";
import { demand, type FuzzTarget, program } from "../target.ts";

const csv = [
  "name,host,port,serial,framing,clientSap,password,interval,enabled,quirks",
  'm1,192.0.2.1,4059,123,hdlc,16,"pa,ss""word",2s,true,',
  "m2,meter.example,4059,,wrapper,1,env:PASSWORD,15m,no,lowPriority",
].join("\n");
const yaml = `lines:
  - name: l1
    host: 192.0.2.1
    port: 4059
meters:
  - name: m1
    line: l1
    address: { size: 4, upper: 1, lower: 17 }
    security: { policy: authenticated-encrypted }
    quirks: { lowPriority: true }
  - &a { name: m2, line: l1 }
`;

/** The product's own refusal is the answer; anything else comes through. */
function orRefusal<T>(act: () => T): T | string {
  try {
    return act();
  } catch (error) {
    if (error instanceof GatewayError || error instanceof CliError) return error.code;
    throw error;
  }
}

const fleet: FuzzTarget = {
  name: "gateway/fleet-file",
  throws: "never",
  corpus: [program(0), program(1)].flatMap((mode, at) => [
    Uint8Array.of(...mode, ...text(csv)),
    Uint8Array.of(at, ...text(at === 0 ? csv : yaml)),
    Uint8Array.of(at, ...text(at === 0 ? csv.slice(0, 120) : yaml.slice(0, 60))),
  ]),
  run(input) {
    const format = ((input[0] ?? 0) & 1) === 0 ? "csv" : "yaml";
    const source = new TextDecoder().decode(input.subarray(1));
    const rows = orRefusal(() => parseFleetFile(source, format, "fleet"));
    if (typeof rows === "string") return `${format} ${rows}`;
    const drafts = rows.slice(0, 8).map(({ kind, fields }) =>
      orRefusal(() => {
        if (kind === "line") lineDraft(fields);
        else meterDraft(fields, { PASSWORD: "secret" });
        return "taken";
      }),
    );
    return `${format} ${drafts.slice(0, 4).join()}`;
  },
};

const settingsYaml = `data: ./data
api:
  host: 127.0.0.1
  port: 8080
log:
  level: info
`;

const settings: FuzzTarget = {
  name: "gateway/settings-file",
  throws: "never",
  corpus: [text(settingsYaml), text("{}"), text("api: { port: 1 }\n"), text("a: &a [*a]\n")],
  run(input) {
    const readFile = (): string => new TextDecoder().decode(input);
    const found = (): ReturnType<typeof checkSettings> =>
      checkSettings({ file: "lectura.yaml", variables: {}, readFile });
    const rows = orRefusal(found);
    if (typeof rows === "string") return rows;
    const known = rows.map(({ verdict, path }) => (/^[a-z.]+$/i.test(path) ? verdict : "?"));
    return known.slice(0, 6).join();
  },
};

const readers: readonly ((source: string) => unknown)[] = [
  parseDurationMs,
  parseEndpoint,
  parseInstantMs,
  parseReadTarget,
  (source) => parseCount("count", source, 1, 100),
  parseSerialEndpoint,
  (source) => registerSetFromJson(JSON.parse(source)),
  obis,
];
const words = [
  "15m",
  "[2001:db8::7]:4059",
  "2026-01-02T03:04:05Z",
  "3:1-0:1.8.0*255:2",
  "50",
  "serial:/dev/ttyUSB0?baud=9600&data=8&parity=none&stop=1&rs485=rts",
  '{"registers":[{"class":3,"object":"1-0:1.8.0"}],"overrides":[{"object":"1-0:1.8.0","scaler":-1}]}',
  "1-0:1.8.0*255",
];

const notations: FuzzTarget = {
  name: "cli/notations",
  throws: "never",
  corpus: readers.flatMap((_, at) => words.map((word) => Uint8Array.of(at, ...text(word)))),
  run(input) {
    const at = (input[0] ?? 0) % readers.length;
    const source = new TextDecoder().decode(input.subarray(1));
    try {
      readers[at]!(source);
    } catch (error) {
      const refused =
        error instanceof CliError || error instanceof RangeError || error instanceof SyntaxError;
      if (!refused) throw error;
      return `${at} ${error instanceof CliError ? error.code : error.name}`;
    }
    const parsed = parseObis(source);
    if (parsed.ok) {
      demand(obis(formatObis(parsed.code)) === parsed.code, "a name is read as it is written");
      demand(obisFromOctets(obisToOctets(parsed.code)) === parsed.code, "and as octets");
    }
    return `${at} taken`;
  },
};

const columns = [
  { classId: 8, logicalName: obis("0.0.1.0.0.255"), attributeId: 2, dataIndex: 0 },
  { classId: 3, logicalName: obis("1.0.1.8.0.255"), attributeId: 2, dataIndex: 0 },
];
const rows = fromHex(
  "0103 0202 090c07ea0b14050c0000ff800000 0600000001 0202 00 0600000002 0202 00 00".replaceAll(
    " ",
    "",
  ),
);

const readings: FuzzTarget = {
  name: "cosem/profile-readings",
  throws: "typed",
  corpus: [rows, ...vectorOctets("profile-buffer")],
  run(input) {
    const scalerUnits = [undefined, { scaler: -3, unit: 30 }];
    const description = { columns, capturePeriodSeconds: 900, scalerUnits };
    const found = readProfileRows(decodeData(input), description);
    for (const { utcMs, quality, values } of found) {
      demand(values.length === columns.length, "a row has every column");
      demand((utcMs === undefined) === (quality === "no-time"), "no time is told as none");
      demand(utcMs === undefined || Number.isSafeInteger(utcMs), "a time is whole milliseconds");
    }
    return `${Math.min(4, found.length)} ${found[0]?.quality} ${found[0]?.timeDerived}`;
  },
};

export const settingsFileTargets: readonly FuzzTarget[] = [fleet, settings, notations, readings];
