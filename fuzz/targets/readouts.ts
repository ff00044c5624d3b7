import {
  buildDataBlock,
  ModeCReadout,
  P1Reader,
  parseDataBlock,
  parseP1Telegram,
  SignOnServer,
} from "@lectura/dlms/iec62056-21";
import { readGatewayHeader } from "@lectura/dlms/wrapper";
import { demand, type FuzzTarget } from "../target.ts";

const ascii = (characters: string): Uint8Array => new TextEncoder().encode(characters);

const lines = ["F.F(00)", "1-0:1.8.0*255(001234.567*kWh)", "P.01(1211300015)(00)(15)(1)(1.5)(kWh)"];
const telegram = "/LEC5\\2METER\r\n\r\n1-0:1.8.1(000671.578*kWh)\r\n!\r\n";
const readoutOctetsMax = 512;

const dataBlock: FuzzTarget = {
  name: "iec62056-21/data-block",
  throws: "typed",
  corpus: [buildDataBlock(lines), buildDataBlock([])],
  run(input) {
    const { entries, unread } = parseDataBlock(input);
    return `${Math.min(4, entries.length)} ${Math.min(2, unread.length)}`;
  },
};

const p1Telegram: FuzzTarget = {
  name: "iec62056-21/p1-telegram",
  throws: "typed",
  corpus: [ascii(telegram)],
  run: (input) => String(Math.min(4, parseP1Telegram(input).entries.length)),
};

const p1Stream: FuzzTarget = {
  name: "iec62056-21/p1-stream",
  throws: "never",
  corpus: [ascii(telegram), ascii(`noise!\n${telegram}${telegram}`)],
  run(input) {
    let telegrams = 0;
    let damaged = 0;
    const reader = new P1Reader(
      { telegram: () => void telegrams++, damaged: () => void damaged++ },
      readoutOctetsMax,
    );
    for (let at = 0; at < input.length; at += 7) reader.push(input.subarray(at, at + 7));
    demand(reader.pendingLength <= readoutOctetsMax, "pendingLength is within its limit");
    return `${Math.min(3, telegrams)} ${Math.min(3, damaged)}`;
  },
};

const reader: FuzzTarget = {
  name: "iec62056-21/readout",
  throws: "never",
  corpus: [
    Uint8Array.of(...ascii("/LEC5METER\r\n"), ...buildDataBlock(lines)),
    ascii("/LEC METER\r\n1.8.0(1)\r\n!\r\n"),
  ],
  run(input) {
    let ended = "";
    let sent = 0;
    const machine = new ModeCReadout({
      responseTimeoutMs: 1,
      attemptsMax: 3,
      blockOctetsMax: readoutOctetsMax,
      output: {
        transmit: () => void sent++,
        arm: () => undefined,
        disarm: () => undefined,
        line: () => undefined,
        read: ({ checked }) => void (ended += checked ? "checked" : "unchecked"),
        failed: ({ code }) => void (ended += code),
      },
    });
    machine.start();
    machine.receive(input);
    for (let wait = 0; wait < 4; wait++) machine.deadline();
    demand(ended !== "", "a readout ends");
    return `${ended} ${Math.min(4, sent)}`;
  },
};

const meter: FuzzTarget = {
  name: "iec62056-21/sign-on-server",
  throws: "never",
  corpus: [ascii("/?!\r\n\u0006252\r\n"), ascii("/?12!\r\n\u0006050\r\n\u0015")],
  run(input) {
    let octets = 0;
    const machine = new SignOnServer({
      manufacturer: "LEC",
      text: "METER",
      baudCharacter: "5",
      modeE: true,
      readout: () => lines,
      address: "12",
      output: {
        transmit: (sent) => void (octets += sent.length),
        arm: () => undefined,
        disarm: () => undefined,
        line: () => undefined,
        ready: () => undefined,
      },
    });
    machine.receive(input);
    machine.deadline();
    return `${machine.signedOn} ${Math.min(3, Math.ceil(octets / 50))}`;
  },
};

const gatewayHeader: FuzzTarget = {
  name: "wrapper/gateway-header",
  throws: "typed",
  corpus: [Uint8Array.of(0xe6, 1, 2, 3, 4, 0xc0), Uint8Array.of(0xe7, 1, 0)],
  run(input) {
    const { apduStart, direction } = readGatewayHeader(input);
    demand(apduStart <= input.length, "the APDU begins within the octets");
    return direction;
  },
};

export const readoutTargets: readonly FuzzTarget[] = [
  dataBlock,
  p1Telegram,
  p1Stream,
  reader,
  meter,
  gatewayHeader,
];
