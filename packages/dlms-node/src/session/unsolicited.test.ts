import { octetString, u8 } from "@lectura/dlms/axdr";
import { clientProtection } from "@lectura/dlms/client";
import { fromHex } from "@lectura/dlms/octets";
import { ApduCiphering, InvocationCounter, Secret } from "@lectura/dlms/security";
import { streamedBlocks } from "@lectura/dlms/transfer";
import { encodeApdu } from "@lectura/dlms/xdlms";
import { hostileOctets } from "@lectura/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nodeCrypto as crypto } from "../crypto/node-crypto.ts";
import { type UnsolicitedApdu, UnsolicitedReader } from "./unsolicited.ts";

const notification = (octets: number): UnsolicitedApdu => ({
  kind: "data-notification",
  invoke: {
    invokeId: 7,
    selfDescriptive: false,
    breakOnError: false,
    confirmed: false,
    highPriority: false,
  },
  dateTime: new Uint8Array(0),
  body: octets === 0 ? u8(1) : octetString(new Uint8Array(octets).fill(5)),
});
const long = notification(300);
const blocks = streamedBlocks(encodeApdu(long), 60);

function protections() {
  const secret = (first: number): Secret =>
    new Secret(Uint8Array.from({ length: 16 }, (_, at) => first + at));
  const keys = { unicast: secret(0), authentication: secret(0x60) };
  const titles = [fromHex("4c43540000000001"), fromHex("4c43540000000002")];
  const [meter, client] = [1, 0].map((own) =>
    clientProtection(
      new ApduCiphering({
        crypto,
        suite: 0,
        keys,
        protection: "authenticated-encrypted",
        form: "general",
        ownSystemTitle: titles[own]!,
        peerSystemTitle: titles[1 - own]!,
        counter: new InvocationCounter({ next: 0 }),
      }),
    ),
  );
  return { meter: meter!, client: client! };
}

function readAll(units: readonly Uint8Array[], protection?: ReturnType<typeof clientProtection>) {
  const reader = new UnsolicitedReader();
  return units.map((unit) => reader.read(unit, protection)).filter((apdu) => apdu !== undefined);
}

describe("forms beside the standard", () => {
  // A date-time behind its Data tag, as some meters send it.
  const tagged = fromHex("0f00000001090c07ea0b1405120000ff8000001105");

  test("are read as in pushes, unless that is not wanted", () => {
    expect(new UnsolicitedReader().read(tagged, undefined)).toMatchObject({ body: u8(5) });
    expect(new UnsolicitedReader({}).read(tagged, undefined)).toBeUndefined();
  });
});

describe("what comes unasked in blocks", () => {
  test("is read when it is whole, and the next one too", () => {
    const short = encodeApdu(notification(0));
    expect(readAll([...blocks, short, ...blocks])).toEqual([long, notification(0), long]);
  });

  test("is lost with one of its blocks, and the next one is not", () => {
    expect(readAll([...blocks.toSpliced(2, 1), ...blocks])).toEqual([long]);
    expect(readAll([...blocks.slice(0, 3), ...blocks])).toEqual([long]);
    expect(readAll(blocks.slice(1))).toEqual([]);
  });

  test("is dropped beyond its limit", () => {
    const huge = streamedBlocks(encodeApdu(notification(300_000)), 60_000);
    expect(readAll([...huge, ...blocks])).toEqual([long]);
  });

  test("may be ciphered as a whole or block by block; plain blocks are no part of it", () => {
    const { meter, client } = protections();
    const seal = (octets: Uint8Array): Uint8Array => meter.protect(octets).slice();
    const whole = streamedBlocks(seal(encodeApdu(long)), 60);
    expect(readAll(whole, client)).toEqual([long]);
    expect(readAll(blocks.map(seal), client)).toEqual([long]);
    expect(readAll(blocks, client)).toEqual([]);
    expect(readAll([seal(blocks[0]!), ...blocks.slice(1)], client)).toEqual([]);
    const mixed = [...blocks.slice(0, -1), seal(blocks.at(-1)!)];
    expect(readAll(mixed, client)).toEqual([]);
    expect(readAll([seal(blocks[0]!), blocks[0]!, ...blocks.slice(1).map(seal)], client)).toEqual([
      long,
    ]);
  });

  test("never throws, whatever octets come", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(hostileOctets, fc.constantFrom(...blocks))), (units) => {
        readAll(units);
      }),
    );
  });
});
