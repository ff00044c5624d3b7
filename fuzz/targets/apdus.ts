import { decodeAcse, encodeAcse } from "@lectura/dlms/acse";
import { decodeData, encodeData } from "@lectura/dlms/axdr";
import {
  decodeCaptureObjects,
  decodeDate,
  decodeDateTime,
  decodeObjectIds,
  decodeObjectList,
  decodeProfileBuffer,
  decodeProfileColumns,
  decodeRange,
  decodeScalerUnit,
  decodeTime,
  encodeDateTime,
  encodeObjectList,
  localText,
  looseText,
  obis,
  type ProfileLayout,
  toExactValue,
  utcMs,
} from "@lectura/dlms/cosem";
import { equalOctets, fromHex } from "@lectura/dlms/octets";
import { decodeApdu, encodeApdu } from "@lectura/dlms/xdlms";
import { apdus, vectorOctets } from "../corpus.ts";
import { acseApdus, dateTimes } from "../own-octets.ts";
import { demand, type FuzzTarget } from "../target.ts";

const xdlms: FuzzTarget = {
  name: "xdlms",
  throws: "typed",
  corpus: [...apdus, ...vectorOctets("apdu", "ciphered-apdu", "apdu-lenient")],
  run(input) {
    const apdu = decodeApdu(input);
    const canonical = encodeApdu(apdu);
    demand(
      equalOctets(encodeApdu(decodeApdu(canonical)), canonical),
      "what is encoded decodes to the same",
    );
    return `${apdu.kind} ${"type" in apdu ? apdu.type : ""}`;
  },
};

/** Every tag alike often: the first octet chooses one that exists. */
const xdlmsTags = [...new Set(apdus.map((apdu) => apdu[0]!))];
const xdlmsEvery: FuzzTarget = {
  name: "xdlms/every-tag",
  throws: "typed",
  corpus: apdus.map((apdu) => Uint8Array.of(xdlmsTags.indexOf(apdu[0]!), ...apdu.subarray(1))),
  run(input) {
    if (input.length > 0) input[0] = xdlmsTags[input[0]! % xdlmsTags.length]!;
    return decodeApdu(input).kind;
  },
};

const acse: FuzzTarget = {
  name: "acse",
  throws: "typed",
  corpus: [
    ...acseApdus,
    ...vectorOctets("apdu").filter(({ 0: tag }) => tag! >= 0x60 && tag! <= 0x63),
  ],
  run(input) {
    const apdu = decodeAcse(input);
    const canonical = encodeAcse(apdu);
    demand(
      equalOctets(encodeAcse(decodeAcse(canonical)), canonical),
      "what is encoded decodes to the same",
    );
    return `${apdu.kind} ${Object.keys(apdu).sort().join()}`;
  },
};

const dataCorpus = [
  ...vectorOctets("axdr-data", "profile-buffer"),
  ...["00", "0101 0202 0601020304 0900", "130212 0006 aabbcc", "13 01 12 00 04 0001 0002"].map(
    (hex) => fromHex(hex.replaceAll(" ", "")),
  ),
];

const data: FuzzTarget = {
  name: "axdr/data",
  throws: "typed",
  corpus: dataCorpus,
  run(input) {
    const value = decodeData(input);
    const canonical = encodeData(value);
    demand(
      equalOctets(encodeData(decodeData(canonical)), canonical),
      "what is encoded decodes to the same",
    );
    toExactValue(value, -2);
    return value.type;
  },
};

const dateTime: FuzzTarget = {
  name: "cosem/date-time",
  throws: "typed",
  corpus: [...dateTimes, ...vectorOctets("cosem-datetime")],
  run(input) {
    if (input.length === 5) return String(decodeDate(input).invalid);
    if (input.length === 4) return String(decodeTime(input).invalid);
    const value = decodeDateTime(input);
    const again = decodeDateTime(encodeDateTime(value));
    const ms = utcMs(value);
    demand(ms === utcMs(again), "a date-time keeps its instant");
    demand(ms === undefined || Number.isSafeInteger(ms), "an instant is a whole millisecond");
    return [localText(value), looseText(value), ms].map((part) => typeof part).join();
  },
};

const layout: ProfileLayout = {
  columns: [
    { classId: 8, logicalName: obis("0.0.1.0.0.255"), attributeId: 2, dataIndex: 0 },
    { classId: 1, logicalName: obis("0.0.96.10.1.255"), attributeId: 2, dataIndex: 0 },
    { classId: 3, logicalName: obis("1.0.1.8.0.255"), attributeId: 2, dataIndex: 0 },
  ],
  capturePeriodSeconds: 900,
};
const rows = fromHex(
  "0103 0203 090c07ea0b14050c0000ff800000 1100 0600000001 0203 00 00 1c05 0203 00 1101 06000000ff".replaceAll(
    " ",
    "",
  ),
);

const profile: FuzzTarget = {
  name: "cosem/profile",
  throws: "typed",
  corpus: [rows, ...vectorOctets("profile-buffer")],
  run(input) {
    const { rowCount, columns } = decodeProfileColumns(input, layout);
    const plain = decodeProfileBuffer(decodeData(input), layout);
    demand(plain.length === rowCount, "columns and rows count alike");
    return `${Math.min(4, rowCount)} ${columns.map(({ constructor: { name } }) => name).join()}`;
  },
};

const profileRows: FuzzTarget = {
  name: "cosem/profile-rows",
  throws: "typed",
  corpus: [rows, ...vectorOctets("profile-buffer")],
  run(input) {
    const decoded = decodeProfileBuffer(decodeData(input), layout);
    return `${Math.min(4, decoded.length)} ${decoded[0]?.timeDerived}`;
  },
};

const objects: FuzzTarget = {
  name: "cosem/structures",
  throws: "typed",
  corpus: [
    ...dataCorpus,
    fromHex("0101020412000f1101090600002800 00ff02020101020316 0101 000100".replaceAll(" ", "")),
    fromHex("0101020412000809060000010000ff0f02120000"),
    fromHex("02020ffe161e"),
  ],
  run(input) {
    const value = decodeData(input);
    const done: string[] = [];
    for (const [name, decode] of structures) {
      try {
        decode(value);
        done.push(name);
      } catch (error) {
        if ((error as Error).name !== "DecodeError") throw error;
      }
    }
    return done.join();
  },
};

/** Association LN version 3 has the most to read. */
const ln = { associationVersion: 3 };

type Structure = (value: ReturnType<typeof decodeData>) => unknown;
const structures: readonly (readonly [name: string, decode: Structure])[] = [
  ["object-list", (value) => encodeObjectList(decodeObjectList(value, ln), ln)],
  ["capture-objects", decodeCaptureObjects],
  ["scaler-unit", decodeScalerUnit],
  ["range", decodeRange],
  ["object-ids", decodeObjectIds],
];

export const apduTargets: readonly FuzzTarget[] = [
  xdlms,
  xdlmsEvery,
  acse,
  data,
  dateTime,
  profile,
  profileRows,
  objects,
];
