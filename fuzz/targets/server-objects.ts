/** The objects of a meter: what is written to them and given to their methods is any Data. */
import { decodeData, encodeData } from "@lectura/dlms/axdr";
import { equalOctets, fromHex, toHex } from "@lectura/dlms/octets";
import { keyTransferData } from "@lectura/dlms/security";
import type { AccessContext, ServerObject } from "@lectura/dlms/server";
import type { Data } from "@lectura/dlms/axdr";
import { nodeCrypto as crypto } from "@lectura/testkit";
import { vectorOctets } from "../corpus.ts";
import { master, meterObjects, nowMs } from "../own-objects.ts";
import { demand, type FuzzTarget, program, Steps } from "../target.ts";

const clientTitle = fromHex("4c43540000000001");
const context: AccessContext = {
  nowMs,
  association: {
    clientSap: 16,
    mechanism: "none",
    conformance: 0xff_ffff,
    serverMaxPduOctets: 0xffff,
    clientMaxPduOctets: 0xffff,
    entries: [],
    clientSystemTitle: clientTitle,
  },
};
const names = Array.from({ length: 12 }, (_, at) => at + 1);

/** What an object says of itself, as octets: encodable, whatever was written. */
function told({ attributes }: ServerObject): string {
  return Object.values(attributes)
    .map(({ read }) => {
      const value = read?.(context);
      return value === undefined || typeof value === "string" ? value : toHex(encodeData(value));
    })
    .join();
}

const writes: readonly (readonly [place: number, member: number, data: string])[] = [
  [0, 2, "0901ff"],
  [
    4,
    2,
    "0204 0204120008 09060000010000ff 0f02120000 090c07ea0101ffffffffffffffff 090c07ea0c1fffffffffffffffff 0100",
  ],
  [4, 2, "0204 0600000001 0600000003 120001 120002"],
  [4, 0x80 + 1, "0f00"],
  [5, 2, "090c07ea0601010c000000ffc400"],
  [5, 3, "10ffc4"],
  [5, 0x80 + 6, "0f05"],
  [6, 4, "1605"],
  [7, 0x80 + 1, "120001"],
  [8, 2, "0101 0600000064"],
  [9, 8, "0203 120007 090c07ea0601010c000000ffc400 0600000060"],
  [10, 9, "0101 0202 1101 0101 0203 090406000000 09060000 0a006aff 120003"],
  [
    11,
    0x80 + 2,
    "020a 120001 0301 09060000 0a006aff 120001 090406000000 12000f 0407fe 0400 0905ffff0c19ff 0905ffff0c19ff",
  ],
  [12, 0x80 + 1, "0203 120001 0905ffff0c19ff 1102"],
  [13, 4, "0101 0202 090406000000 0905ffff0c19ff"],
  [17, 0x80 + 1, "0202 090441424344 0600000020"],
  [17, 0x80 + 2, "0202 0600000000 0910 000102030405060708090a0b0c0d0e0f"],
  [17, 0x80 + 3, "0f00"],
  [18, 2, "0101 0204 120003 09060100010800ff 0f02 120000"],
  [18, 3, "0203 1600 090101 1600"],
  [18, 0x80 + 1, "0f00"],
  [19, 0x80 + 1, "1603"],
  [20, 0x80 + 6, "09023000"],
  [20, 0x80 + 7, "0202 1601 0202 090101 09023000"],
];
const keys = encodeData(keyTransferData(crypto, master, [{ keyId: 0, key: master }]));

const objectTarget: FuzzTarget = {
  name: "server/objects",
  throws: "never",
  corpus: [
    ...writes.map(([place, member, data]) => {
      const value = fromHex(data.replaceAll(" ", ""));
      return program(place, member, value, place, member, value);
    }),
    program(19, 0x80 + 2, keys, 20, 0x80 + 2, keys),
    ...vectorOctets("axdr-data")
      .slice(0, 200)
      .map((data, at) => program(at % 21, at % 12, data)),
  ],
  run(input) {
    const objects = meterObjects();
    const steps = new Steps(input);
    const path: string[] = [];
    for (let turn = 0; !steps.done && turn < 16; turn++) {
      const object = objects[steps.next() % objects.length]!;
      const member = steps.next();
      const given = steps.string().slice();
      const data = given.length === 0 ? undefined : valueOf(given);
      if (data === "none") continue;
      path.push(`${object.classId}.${member} ${act(object, member, data)}`);
      const before = told(object);
      given.fill(0xee);
      demand(told(object) === before, "an object keeps octets of its own");
    }
    return path.slice(0, 4).join();
  },
};

function valueOf(given: Uint8Array): Data | "none" {
  try {
    return decodeData(given);
  } catch {
    return "none";
  }
}

/** Writes an attribute, reads it by a selection, or calls a method. */
function act(object: ServerObject, member: number, data: Data | undefined): string {
  const id = names[(member & 0x3f) % names.length]!;
  if (member >= 0x80) {
    const outcome = object.methods?.[(member - 0x80) & 0x0f]?.invoke(data, context);
    const returned = outcome?.returned;
    if (returned !== undefined && typeof returned !== "string") encodeData(returned);
    return outcome?.result ?? "none";
  }
  const attribute = object.attributes[id];
  if (data === undefined || attribute === undefined) return "none";
  for (const selector of attribute.selectors ?? []) {
    const answer = attribute.read?.({ ...context, selection: { selector, parameters: data } });
    if (answer !== undefined && typeof answer !== "string") encodeData(answer);
  }
  const result = attribute.write?.(data, context) ?? "none";
  if (result !== "success" || object.classId !== 1) return result;
  const again = attribute.read?.(context);
  const same = typeof again === "object" && equalOctets(encodeData(again), encodeData(data));
  demand(same, "a value that was taken is given back");
  return result;
}

export const serverObjectTargets: readonly FuzzTarget[] = [objectTarget];
