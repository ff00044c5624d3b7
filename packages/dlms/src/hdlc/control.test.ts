import { expect, test } from "vitest";
import { decodeControl, informationControl } from "./control.ts";

test("counts up as the standard's sequence of requests and answers does", () => {
  const octets = [0x10, 0x30, 0x32, 0x52, 0x54, 0x74, 0x76];
  const made = [
    informationControl(0, 0, true),
    informationControl(0, 1, true),
    informationControl(1, 1, true),
    informationControl(1, 2, true),
    informationControl(2, 2, true),
    informationControl(2, 3, true),
    informationControl(3, 3, true),
  ];
  expect(made).toEqual(octets);
});

test("takes I frames apart", () => {
  expect(decodeControl(0xca)).toEqual({
    raw: 0xca,
    type: "I",
    pollFinal: false,
    sendSequence: 5,
    receiveSequence: 6,
  });
});

test("knows every type of the profile, with and without P/F", () => {
  const types = {
    RR: 0x01,
    RNR: 0x05,
    REJ: 0x09,
    SNRM: 0x83,
    DISC: 0x43,
    UA: 0x63,
    DM: 0x0f,
    FRMR: 0x87,
    UI: 0x03,
  };
  for (const [type, raw] of Object.entries(types)) {
    expect(decodeControl(raw)).toMatchObject({ type, pollFinal: false });
    expect(decodeControl(raw | 0x10)).toMatchObject({ type, pollFinal: true });
  }
  expect(decodeControl(0xb1)).toMatchObject({ type: "RR", receiveSequence: 5 });
  expect(decodeControl(0x0d)).toMatchObject({ type: "unknown" });
  expect(decodeControl(0xe3)).toMatchObject({ type: "unknown" });
});
