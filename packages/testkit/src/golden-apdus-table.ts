/** Every xDLMS APDU in every form, with octets worked out by hand from the Green Book's ASN.1. */
import {
  array,
  i8,
  nullData,
  octetString,
  structure,
  u16,
  u32,
  u8,
  visibleString,
} from "@lectura/dlms/axdr";
import { obis } from "@lectura/dlms/cosem";
import { fromHex } from "@lectura/dlms/octets";
import type { Apdu } from "@lectura/dlms/xdlms";

/** A name, the APDU, and its octets as hex. */
export type GoldenApdu = readonly [name: string, apdu: Apdu, hex: string];

const invoke = { invokeId: 1, confirmed: true, highPriority: true };
const longInvoke = {
  invokeId: 0x01_0203,
  selfDescriptive: false,
  breakOnError: true,
  confirmed: true,
  highPriority: false,
};
const energy = { classId: 3, logicalName: obis("1.0.1.8.0.255"), attributeId: 2 };
const energyOctets = "0003 0100010800ff 02";
const reset = { classId: 3, logicalName: obis("1.0.1.8.0.255"), methodId: 1 };
const resetOctets = "0003 0100010800ff 01";
const entries = { selector: 2, parameters: structure([u32(1), u32(5), u16(1), u16(0)]) };
const entriesOctets = "02 0204 0600000001 0600000005 120001 120000";
const none = new Uint8Array(0);
const noon = fromHex("07ea0b14050c0000ff800000");
const block = { lastBlock: false, blockNumber: 2, rawData: fromHex("0a0b") };
const blockOctets = "00 00000002 020a0b";
const title = fromHex("4c43540000000001");

/** All of them, the ciphered service APDUs by one example each. */
export const goldenApdus: readonly GoldenApdu[] = [
  [
    "initiate-request",
    {
      kind: "initiate-request",
      responseAllowed: true,
      dlmsVersion: 6,
      conformance: new Set(["get", "set", "action"]),
      maxPduOctets: 0x0400,
    },
    "01 00 00 00 06 5f1f0400000019 0400",
  ],
  [
    "initiate-request with all its members",
    {
      kind: "initiate-request",
      dedicatedKey: fromHex("00112233445566778899aabbccddeeff"),
      responseAllowed: false,
      qualityOfService: -1,
      dlmsVersion: 6,
      conformance: new Set(["general-protection", "block-transfer-get-or-read"]),
      maxPduOctets: 0xffff,
    },
    "01 011000112233445566778899aabbccddeeff 0100 01ff 06 5f1f0400401000ffff",
  ],
  [
    "initiate-response",
    {
      kind: "initiate-response",
      dlmsVersion: 6,
      conformance: new Set(["read", "write", "parameterized-access"]),
      maxPduOctets: 128,
      vaaName: 0xfa00,
    },
    "08 00 06 5f1f0400180020 0080 fa00",
  ],
  [
    "get-request normal",
    { kind: "get-request", type: "normal", invoke, attribute: energy },
    "c001c1" + energyOctets + "00",
  ],
  [
    "get-request normal with selection",
    {
      kind: "get-request",
      type: "normal",
      invoke,
      attribute: { ...energy, selection: entries },
    },
    "c001c1" + energyOctets + "01" + entriesOctets,
  ],
  [
    "get-request next",
    { kind: "get-request", type: "next", invoke, blockNumber: 258 },
    "c002c1 00000102",
  ],
  [
    "get-request with-list",
    { kind: "get-request", type: "with-list", invoke, attributes: [energy, energy] },
    "c003c1 02" + energyOctets + "00" + energyOctets + "00",
  ],
  [
    "get-response normal",
    { kind: "get-response", type: "normal", invoke, result: { ok: true, value: u32(7) } },
    "c401c1 00 0600000007",
  ],
  [
    "get-response normal, refused",
    {
      kind: "get-response",
      type: "normal",
      invoke,
      result: { ok: false, reason: "object-undefined" },
    },
    "c401c1 01 04",
  ],
  [
    "get-response with-datablock",
    {
      kind: "get-response",
      type: "with-datablock",
      invoke,
      lastBlock: true,
      blockNumber: 2,
      result: { ok: true, rawData: fromHex("0102") },
    },
    "c402c1 01 00000002 00 020102",
  ],
  [
    "get-response with-datablock, refused",
    {
      kind: "get-response",
      type: "with-datablock",
      invoke,
      lastBlock: true,
      blockNumber: 3,
      result: { ok: false, reason: "data-block-number-invalid" },
    },
    "c402c1 01 00000003 01 13",
  ],
  [
    "get-response with-list",
    {
      kind: "get-response",
      type: "with-list",
      invoke,
      results: [
        { ok: true, value: u8(5) },
        { ok: false, reason: "other-99" },
      ],
    },
    "c403c1 02 001105 0163",
  ],
  [
    "set-request normal",
    { kind: "set-request", type: "normal", invoke, attribute: energy, value: u8(1) },
    "c101c1" + energyOctets + "00 1101",
  ],
  [
    "set-request with-first-datablock",
    { kind: "set-request", type: "with-first-datablock", invoke, attribute: energy, ...block },
    "c102c1" + energyOctets + "00" + blockOctets,
  ],
  [
    "set-request with-datablock",
    { kind: "set-request", type: "with-datablock", invoke, ...block },
    "c103c1" + blockOctets,
  ],
  [
    "set-request with-list",
    {
      kind: "set-request",
      type: "with-list",
      invoke,
      attributes: [energy],
      values: [octetString(fromHex("ff"))],
    },
    "c104c1 01" + energyOctets + "00 01 0901ff",
  ],
  [
    "set-request with-list-and-first-datablock",
    {
      kind: "set-request",
      type: "with-list-and-first-datablock",
      invoke,
      attributes: [energy],
      ...block,
    },
    "c105c1 01" + energyOctets + "00" + blockOctets,
  ],
  [
    "set-response normal",
    { kind: "set-response", type: "normal", invoke, result: "success" },
    "c501c100",
  ],
  [
    "set-response datablock",
    { kind: "set-response", type: "datablock", invoke, blockNumber: 1 },
    "c502c1 00000001",
  ],
  [
    "set-response last-datablock",
    {
      kind: "set-response",
      type: "last-datablock",
      invoke,
      result: "type-unmatched",
      blockNumber: 2,
    },
    "c503c1 0c 00000002",
  ],
  [
    "set-response last-datablock-with-list",
    {
      kind: "set-response",
      type: "last-datablock-with-list",
      invoke,
      results: ["success", "read-write-denied"],
      blockNumber: 2,
    },
    "c504c1 020003 00000002",
  ],
  [
    "set-response with-list",
    { kind: "set-response", type: "with-list", invoke, results: ["other-reason"] },
    "c505c1 01fa",
  ],
  [
    "action-request normal",
    { kind: "action-request", type: "normal", invoke, method: reset, parameters: i8(0) },
    "c301c1" + resetOctets + "01 0f00",
  ],
  [
    "action-request normal without parameters",
    { kind: "action-request", type: "normal", invoke, method: reset },
    "c301c1" + resetOctets + "00",
  ],
  [
    "action-request next-pblock",
    { kind: "action-request", type: "next-pblock", invoke, blockNumber: 4 },
    "c302c1 00000004",
  ],
  [
    "action-request with-list",
    {
      kind: "action-request",
      type: "with-list",
      invoke,
      methods: [reset],
      parameters: [nullData()],
    },
    "c303c1 01" + resetOctets + "01 00",
  ],
  [
    "action-request with-first-pblock",
    { kind: "action-request", type: "with-first-pblock", invoke, method: reset, ...block },
    "c304c1" + resetOctets + blockOctets,
  ],
  [
    "action-request with-list-and-first-pblock",
    {
      kind: "action-request",
      type: "with-list-and-first-pblock",
      invoke,
      methods: [reset],
      ...block,
    },
    "c305c1 01" + resetOctets + blockOctets,
  ],
  [
    "action-request with-pblock",
    { kind: "action-request", type: "with-pblock", invoke, ...block },
    "c306c1" + blockOctets,
  ],
  [
    "action-response normal without data",
    { kind: "action-response", type: "normal", invoke, result: "success" },
    "c701c1 00 00",
  ],
  [
    "action-response normal with data",
    {
      kind: "action-response",
      type: "normal",
      invoke,
      result: "success",
      returned: { ok: true, value: u8(9) },
    },
    "c701c1 00 01 00 1109",
  ],
  [
    "action-response normal with a data-access-result",
    {
      kind: "action-response",
      type: "normal",
      invoke,
      result: "long-action-aborted",
      returned: { ok: false, reason: "temporary-failure" },
    },
    "c701c1 0f 01 01 02",
  ],
  [
    "action-response with-pblock",
    { kind: "action-response", type: "with-pblock", invoke, ...block },
    "c702c1" + blockOctets,
  ],
  [
    "action-response with-list",
    {
      kind: "action-response",
      type: "with-list",
      invoke,
      results: [
        { result: "success", returned: { ok: true, value: u8(1) } },
        { result: "object-undefined" },
      ],
    },
    "c703c1 02 0001001101 0400",
  ],
  [
    "action-response next-pblock",
    { kind: "action-response", type: "next-pblock", invoke, blockNumber: 1 },
    "c704c1 00000001",
  ],
  [
    "access-request",
    {
      kind: "access-request",
      invoke: longInvoke,
      dateTime: none,
      specifications: [
        { type: "get", attribute: energy },
        { type: "set", attribute: energy },
        { type: "action", method: reset },
        { type: "get-with-selection", attribute: energy, selection: entries },
        { type: "set-with-selection", attribute: energy, selection: entries },
      ],
      data: [nullData(), u8(1)],
    },
    "d9 60010203 00 05" +
      ("01" + energyOctets) +
      ("02" + energyOctets) +
      ("03" + resetOctets) +
      ("04" + energyOctets + entriesOctets) +
      ("05" + energyOctets + entriesOctets) +
      "02 00 1101",
  ],
  [
    "access-response",
    {
      kind: "access-response",
      invoke: longInvoke,
      dateTime: noon,
      specifications: [{ type: "get", attribute: energy }],
      data: [u8(1)],
      results: [
        { type: "get", result: "success" },
        { type: "set", result: "read-write-denied" },
        { type: "action", result: "long-action-aborted" },
      ],
    },
    "da 60010203 0c07ea0b14050c0000ff800000" +
      ("01 01 01" + energyOctets) +
      "01 1101 03 0100 0203 030f",
  ],
  [
    "event-notification",
    { kind: "event-notification", attribute: energy, value: u8(1) },
    "c2 00" + energyOctets + "1101",
  ],
  [
    "event-notification with time",
    { kind: "event-notification", time: noon, attribute: energy, value: u8(1) },
    "c2 010c07ea0b14050c0000ff800000" + energyOctets + "1101",
  ],
  [
    "data-notification",
    {
      kind: "data-notification",
      invoke: { ...longInvoke, breakOnError: false, selfDescriptive: true, highPriority: true },
      dateTime: noon,
      body: array([visibleString("a")]),
    },
    "0f d0010203 0c07ea0b14050c0000ff800000 01010a0161",
  ],
  [
    "data-notification-confirm",
    { kind: "data-notification-confirm", invoke: longInvoke, dateTime: none },
    "10 60010203 00",
  ],
  [
    "exception-response",
    {
      kind: "exception-response",
      stateError: "service-not-allowed",
      serviceError: "operation-not-possible",
    },
    "d80101",
  ],
  [
    "exception-response with a counter",
    {
      kind: "exception-response",
      stateError: "service-unknown",
      serviceError: "invocation-counter-error",
      invocationCounter: 0xffff_fffe,
    },
    "d80206fffffffe",
  ],
  [
    "confirmed-service-error",
    { kind: "confirmed-service-error", service: 1, errorClass: 6, error: 3 },
    "0e010603",
  ],
  [
    "read-request",
    {
      kind: "read-request",
      variables: [
        { type: "variable-name", variableName: 0xfa00 },
        { type: "parameterized-access", variableName: 8, selector: 1, parameter: u8(2) },
        { type: "block-number-access", blockNumber: 3 },
        { type: "read-data-block-access", lastBlock: true, blockNumber: 1, rawData: none },
        { type: "write-data-block-access", lastBlock: false, blockNumber: 2 },
      ],
    },
    "05 05 02fa00 040008011102 050003 0601000100 07000002",
  ],
  [
    "read-response",
    {
      kind: "read-response",
      results: [
        { type: "data", value: u8(1) },
        { type: "data-access-error", reason: "hardware-fault" },
        { type: "data-block", lastBlock: false, blockNumber: 1, rawData: fromHex("aa") },
        { type: "block-number", blockNumber: 5 },
      ],
    },
    "0c 04 001101 0101 0200000101aa 030005",
  ],
  [
    "write-request",
    {
      kind: "write-request",
      variables: [{ type: "variable-name", variableName: 0x0080 }],
      data: [u8(1)],
    },
    "06 01020080 011101",
  ],
  [
    "write-response",
    {
      kind: "write-response",
      results: [
        { type: "success" },
        { type: "data-access-error", reason: "read-write-denied" },
        { type: "block-number", blockNumber: 1 },
      ],
    },
    "0d 03 00 0103 020001",
  ],
  [
    "unconfirmed-write-request",
    {
      kind: "unconfirmed-write-request",
      variables: [{ type: "variable-name", variableName: 0x0080 }],
      data: [u8(1)],
    },
    "16 01020080 011101",
  ],
  [
    "information-report",
    {
      kind: "information-report",
      currentTime: fromHex("3230"),
      variables: [{ type: "variable-name", variableName: 0x0080 }],
      data: [u8(1)],
    },
    "18 01023230 01020080 011101",
  ],
  [
    "general-block-transfer",
    {
      kind: "general-block-transfer",
      lastBlock: true,
      streaming: false,
      window: 63,
      blockNumber: 258,
      blockNumberAck: 1,
      blockData: fromHex("c0"),
    },
    "e0 bf 0102 0001 01c0",
  ],
  [
    "glo-get-request",
    { kind: "glo-get-request", content: fromHex("3000000001") },
    "c8053000000001",
  ],
  ["ded-action-response", { kind: "ded-action-response", content: fromHex("20") }, "d70120"],
  [
    "general-glo-ciphering",
    { kind: "general-glo-ciphering", systemTitle: title, content: fromHex("30") },
    "db 084c43540000000001 0130",
  ],
  [
    "general-ded-ciphering",
    { kind: "general-ded-ciphering", systemTitle: title, content: fromHex("30") },
    "dc 084c43540000000001 0130",
  ],
  [
    "general-ciphering with a wrapped key",
    {
      kind: "general-ciphering",
      transactionId: fromHex("07"),
      originator: title,
      recipient: none,
      dateTime: none,
      otherInformation: none,
      keyInfo: { type: "wrapped", kekId: 0, wrappedKey: fromHex("aabb") },
      content: fromHex("30"),
    },
    "dd 0107 084c43540000000001 00 00 00 01 010002aabb 0130",
  ],
  [
    "general-ciphering with an agreed key",
    {
      kind: "general-ciphering",
      transactionId: fromHex("07"),
      originator: title,
      recipient: title,
      dateTime: noon,
      otherInformation: fromHex("01"),
      keyInfo: { type: "agreed", parameters: fromHex("01"), cipheredData: none },
      content: fromHex("31"),
    },
    "dd 0107" +
      "084c43540000000001".repeat(2) +
      "0c07ea0b14050c0000ff800000 0101 01 02 0101 00 0131",
  ],
  [
    "general-ciphering with an identified key",
    {
      kind: "general-ciphering",
      transactionId: none,
      originator: title,
      recipient: none,
      dateTime: none,
      otherInformation: none,
      keyInfo: { type: "identified", keyId: 1 },
      content: none,
    },
    "dd 00 084c43540000000001 00 00 00 01 0001 00",
  ],
  [
    "general-signing",
    {
      kind: "general-signing",
      transactionId: none,
      originator: title,
      recipient: none,
      dateTime: none,
      otherInformation: none,
      content: fromHex("c0"),
      signature: fromHex("0102"),
    },
    "df 00 084c43540000000001 00 00 00 01c0 020102",
  ],
];
