import { goldenFrames } from "@lectura/testkit";
import { expect, test } from "vitest";
import { DecodeError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import { guess, translateUnknown } from "./detect.ts";

const layerOf = (hex: string): string => translateUnknown(fromHex(hex)).layer;
const frame = toHex(fromHex(goldenFrames.snrmSap1));
const apdu = "c001c100080000010000ff0200";
const unit = `000100100001000d${apdu}`;

test("tells the layer by the octets alone", () => {
  const known = [
    [frame, "hdlc-frame"],
    [frame + frame, "hdlc-stream"],
    [`0d0a${frame}`, "hdlc-stream"],
    [unit, "wrapper"],
    [unit + unit, "wrapper-stream"],
    [apdu, "apdu"],
    ["0600003039", "axdr-data"],
    ["07e90916010a1e00ffffc480", "cosem-datetime"],
    ["2f3f210d0a", "iec62056-21"],
    ["063235320d0a", "iec62056-21"],
    ["af3f218d0a", "iec62056-21"],
    ["54455354313032343030303030303030312c04200000", "raw-push"],
    ["0f40000000090c07e7090401103400ff8000000600000001", "apdu-lenient"],
  ] as const;
  for (const [hex, layer] of known) expect(layerOf(hex), hex).toBe(layer);
});

test("gives a frame without flags its flags", () => {
  const { layer, octets } = translateUnknown(fromHex(frame.slice(2, -2)));
  expect(layer).toBe("hdlc-frame");
  expect(toHex(octets)).toBe(frame);
});

test("names the reading that came furthest where none fits", () => {
  const found = guess(fromHex("c001c100080000010000ff02"), {});
  expect(found).toMatchObject({ layer: "apdu", error: { offset: 12 } });
  expect(() => translateUnknown(fromHex("7ea0"))).toThrow(DecodeError);
  expect(() => translateUnknown(new Uint8Array(0))).toThrow(DecodeError);
});
