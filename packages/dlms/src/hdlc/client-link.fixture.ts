/** Scenes for the tests of the client link: one-octet address 1, client 1. */
import { type GoldenFrame, goldenFrame, LinkRecorder } from "@lectura/testkit";
import { fromHex, toHex } from "../octets.ts";
import { HdlcClientLink } from "./client-link.ts";
import type { HdlcClientLinkOptions } from "./client-link-options.ts";
import { informationControl } from "./control.ts";
import { buildFrame, parseFrame } from "./frame.ts";
import { encodeParameters, type HdlcParameters } from "./parameters.ts";

export const address = Uint8Array.of(3);
export const frameOf = (control: number, information = "", segmented = false): Uint8Array =>
  buildFrame({
    destination: address,
    source: address,
    control,
    segmented,
    information: fromHex(information),
  });
/** I frame from the meter. */
export const answer = (
  sendSequence: number,
  receiveSequence: number,
  information: string,
  more: { segmented?: boolean; final?: boolean } = {},
): Uint8Array =>
  frameOf(
    informationControl(sendSequence, receiveSequence, more.final ?? true),
    information,
    more.segmented ?? false,
  );
export const rr = (receiveSequence: number): Uint8Array => frameOf(0x11 | (receiveSequence << 5));
export const rnr = (receiveSequence: number): Uint8Array => frameOf(0x15 | (receiveSequence << 5));
export const rej = (receiveSequence: number): Uint8Array => frameOf(0x19 | (receiveSequence << 5));
export const tx = (octets: Uint8Array): string => `tx ${toHex(octets)}`;
export const informationOf = (name: GoldenFrame): Uint8Array =>
  parseFrame(goldenFrame(name).subarray(1, -1)).information;

export interface Setup {
  readonly link: HdlcClientLink;
  readonly out: LinkRecorder;
}

export function makeLink(options: Partial<HdlcClientLinkOptions> = {}): Setup {
  const out = new LinkRecorder();
  const link = new HdlcClientLink({
    output: out,
    clientSap: 1,
    server: { size: 1, upper: 1, lower: 0 },
    responseTimeoutMs: 5000,
    attemptsMax: 3,
    ...options,
  });
  return { link, out };
}

export function openLink(
  options: Partial<HdlcClientLinkOptions> = {},
  agreed: Partial<HdlcParameters> = {},
): Setup {
  const setup = makeLink({ parameters: agreed, ...options });
  setup.link.connect();
  const { parameters = agreed } = options;
  const information = encodeParameters({
    transmitOctetsMax: parameters.receiveOctetsMax ?? 128,
    receiveOctetsMax: parameters.transmitOctetsMax ?? 128,
    transmitWindow: parameters.receiveWindow ?? 1,
    receiveWindow: parameters.transmitWindow ?? 1,
  });
  setup.link.receive(frameOf(0x73, toHex(information)));
  setup.out.take();
  return setup;
}
