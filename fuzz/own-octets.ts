/** Octets of layers whose corpora are the public vectors, for where those are not. */
import { fromHex } from "@lectura/dlms/octets";
import { buildMbusFrame } from "@lectura/dlms/mbus";
import { encodeWrapper } from "@lectura/dlms/wrapper";
import { apdus } from "./corpus.ts";

/** AARQ, AARE, RLRQ and RLRE: plain, with passwords, with challenges, ciphered. */
export const acseApdus: readonly Uint8Array[] = [
  "601da109060760857405080101be10040e01000000065f1f0400007e1fffff",
  "6036a1090607608574050801018a0207808b0760857405080201ac0a80083132333435363738be10040e01000000065f1f0400007e1f04b0",
  "604da109060760857405080103a60a04084c43540000000001be34043221303000000000faf99e5bbd6b4c3f7f4d49cac1fe9c75e3f9cd9f0cfbf6a4e2b48a4cf5ca92e0dc8d5f9cfa7a4f3a2b1c",
  "6129a109060760857405080101a203020100a305a103020100be10040e0800065f1f040000301d19000007",
  "6141a109060760857405080101a203020100a305a10302010e88020780890760857405080203aa0a80080102030405060708be10040e0800065f1f040000301d19000007",
  "6200",
  "6203800100",
  "6303800100",
  "6300",
].map(fromHex);

/** Wrapper units. */
export const wrapperUnits: readonly Uint8Array[] = apdus
  .slice(0, 40)
  .map((apdu) => encodeWrapper(1, 16, apdu));

/** Wired M-Bus frames: whole units, and the segments of one. */
export const mbusFrames: readonly Uint8Array[] = [
  ...apdus.slice(0, 20).map((apdu) => frame(apdu, 0, true)),
  frame(apdus[0]!.subarray(0, 4), 0, false),
  frame(apdus[0]!.subarray(4), 1, true),
];

function frame(userData: Uint8Array, sequence: number, final: boolean): Uint8Array {
  const transport = { final, sequence, source: 1, destination: 102 };
  return buildMbusFrame({
    control: 0x53,
    address: 0xff,
    transport,
    userData: userData.subarray(0, 240),
  });
}

/** Date-times, dates and times: full, with wildcards, with every special value. */
export const dateTimes: readonly Uint8Array[] = [
  "07ea0b14050c1e0000ffc400",
  "07ea0b14050c1e00ff800000",
  "ffffffffffffffffff8000ff",
  "07eafdfe01020304050000ff",
  "07ea0b1405",
  "fffffefdff",
  "0c1e0000",
  "ffffffff",
].map(fromHex);
