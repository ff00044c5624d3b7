/** Neighbours of the public frame vectors, built here by other means than the product's. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { DecodeError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import type { JsonObject } from "./json.ts";
import { type LayerName, translate } from "./layers.ts";

/** CRC-16/X.25, bit by bit. */
function crc(octets: readonly number[]): readonly number[] {
  let register = 0xffff;
  for (const octet of octets) {
    register ^= octet;
    for (let bit = 0; bit < 8; bit++) {
      register = (register & 1) === 0 ? register >> 1 : (register >> 1) ^ 0x8408;
    }
  }
  register ^= 0xffff;
  return [register & 0xff, register >> 8];
}

interface Parts {
  readonly dest: readonly number[];
  readonly src: readonly number[];
  readonly control: number;
  readonly info: readonly number[];
  readonly segmented?: boolean;
}

/** The octets between the flags. */
function frame({ dest, src, control, info, segmented = false }: Parts): readonly number[] {
  const length = 2 + dest.length + src.length + 1 + 2 + (info.length > 0 ? info.length + 2 : 0);
  const format = 0xa000 | (segmented ? 0x800 : 0) | length;
  const header = [format >> 8, format & 0xff, ...dest, ...src, control];
  const body = info.length > 0 ? [...header, ...crc(header), ...info] : header;
  return [...body, ...crc(body)];
}

const flagged = (octets: readonly number[]): Uint8Array => Uint8Array.of(0x7e, ...octets, 0x7e);
const ask = (layer: LayerName, octets: Uint8Array, given: object = {}): JsonObject =>
  translate(layer, { octets, keys: {}, given: { ...given } }) as JsonObject;

/** Addresses as octets, with what they mean. */
const seven = fc.nat(0x7f);
const fourteen = fc.nat(0x3fff);
const addresses = fc.oneof(
  seven.map((value) => ({ octets: [(value << 1) | 1], tree: { size: 1, value } })),
  fc.tuple(seven, seven).map(([upper, lower]) => ({
    octets: [upper << 1, (lower << 1) | 1],
    tree: { size: 2, upper, lower },
  })),
  fc.tuple(fourteen, fourteen).map(([upper, lower]) => ({
    octets: [(upper >> 7) << 1, (upper & 0x7f) << 1, (lower >> 7) << 1, ((lower & 0x7f) << 1) | 1],
    tree: { size: 4, upper, lower },
  })),
);

const bit = fc.nat(1);
const three = fc.nat(7);
const controls = fc.oneof(
  fc.tuple(three, bit, three).map(([nr, pf, ns]) => ({
    control: (nr << 5) | (pf << 4) | (ns << 1),
    tree: { type: "I", pf: pf === 1, ns, nr },
  })),
  fc
    .tuple(fc.constantFrom([0x01, "RR"], [0x05, "RNR"], [0x09, "REJ"] as const), three, bit)
    .map(([[code, type], nr, pf]) => ({
      control: code | (nr << 5) | (pf << 4),
      tree: { type, pf: pf === 1, nr },
    })),
  fc
    .tuple(
      fc.constantFrom([0x43, "DISC"], [0x0f, "DM"], [0x87, "FRMR"], [0x03, "UI"] as const),
      bit,
    )
    .map(([[code, type], pf]) => ({
      control: code | (pf << 4),
      tree: { type, pf: pf === 1 },
    })),
);

/** Information that holds no flag, so that cut streams have one reading. */
const information = fc.array(
  fc.nat(0xff).filter((octet) => octet !== 0x7e),
  { maxLength: 300 },
);

test("frames of every control, address size and length are told as they are", () => {
  fc.assert(
    fc.property(
      addresses,
      addresses,
      controls,
      information,
      fc.boolean(),
      (dest, src, { control, tree }, info, segmented) => {
        const octets = frame({ dest: dest.octets, src: src.octets, control, info, segmented });
        const told = ask("hdlc-frame", flagged(octets));
        expect(told).toMatchObject({
          valid: true,
          segmented,
          length: octets.length,
          dest: { ...dest.tree, raw: toHex(Uint8Array.from(dest.octets)) },
          src: src.tree,
          control: { ...tree, raw: control.toString(16).padStart(2, "0") },
          fcs: toHex(Uint8Array.from(octets.slice(-2))),
          info: toHex(Uint8Array.from(info)),
        });
      },
    ),
  );
});

const snrm = frame({ dest: [0x03], src: [0x21], control: 0x93, info: [] });
const answer = frame({
  dest: [0x21],
  src: [0x02, 0x23],
  control: 0x30,
  info: [...fromHex("e6e700c401c1000600003039")],
});

test("a changed octet anywhere is refused, with field and octet", () => {
  fc.assert(
    fc.property(fc.nat(answer.length - 1), fc.integer({ min: 1, max: 0xff }), (at, change) => {
      const spoiled = flagged(answer);
      spoiled[at + 1]! ^= change;
      expect(() => ask("hdlc-frame", spoiled)).toThrow(DecodeError);
      try {
        ask("hdlc-frame", spoiled);
      } catch (error) {
        const { layer, offset } = error as DecodeError;
        expect(layer).toBe("hdlc");
        expect(offset).toBeGreaterThanOrEqual(1);
        expect(offset).toBeLessThanOrEqual(answer.length + 1);
      }
    }),
  );
});

test("a frame cut anywhere is refused", () => {
  for (let end = 0; end < answer.length + 1; end++) {
    expect(() => ask("hdlc-frame", flagged(answer).subarray(0, end))).toThrow(DecodeError);
  }
});

const frames = fc.array(
  fc
    .tuple(addresses, addresses, controls, information)
    .map(([dest, src, { control }, info]) =>
      frame({ dest: dest.octets, src: src.octets, control, info }),
    ),
  { minLength: 1, maxLength: 5 },
);
/** Noise without a flag in it: octets that no deframer can mistake for a beginning. */
const noise = fc.array(
  fc.nat(0xff).filter((octet) => octet !== 0x7e),
  { maxLength: 10 },
);

test("a stream gives its frames in order, through noise, fill and shared flags", () => {
  fc.assert(
    fc.property(frames, fc.array(fc.tuple(fc.nat(3), noise), { minLength: 6 }), (sent, gaps) => {
      const stream: number[] = [...gaps[5]![1], 0x7e];
      for (const [index, octets] of sent.entries()) {
        const [kind, between] = gaps[index]!;
        stream.push(...octets, 0x7e);
        // A shared flag, one of its own, fill, or noise and a new flag.
        if (kind === 1) stream.push(0x7e);
        if (kind === 2) stream.push(0x7e, 0x7e, 0x7e);
        if (kind === 3) stream.push(...between, 0x7e);
      }
      const told = ask("hdlc-stream", Uint8Array.from(stream));
      expect(told["frames"]).toEqual(sent.map((octets) => toHex(flagged(octets))));
    }),
  );
});

test("our own frame is left out of a stream wherever it comes back", () => {
  const echo = toHex(flagged(snrm));
  const stream = Uint8Array.of(...flagged(snrm), ...flagged(answer), ...flagged(snrm));
  expect(ask("hdlc-stream", stream, { last_sent: echo })["frames"]).toEqual([
    toHex(flagged(answer)),
  ]);
});

const unit = fromHex(`e6e700c401c1000920${"5a".repeat(32)}`);

/** The unit in segments of `size`, numbered from `first`. */
function segments(size: number, first: number, window: number): readonly Uint8Array[] {
  const made: Uint8Array[] = [];
  for (let at = 0; at < unit.length; at += size) {
    const last = at + size >= unit.length;
    const number = (first + made.length) & 7;
    const pf = last || (made.length + 1) % window === 0 ? 0x10 : 0;
    const info = [...unit.subarray(at, at + size)];
    const control = 0x20 | pf | (number << 1);
    made.push(flagged(frame({ dest: [0x21], src: [0x03], control, info, segmented: !last })));
  }
  return made;
}

test("segments make their unit through repetitions and damage, and none where one is missing", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 6, max: 30 }),
      three,
      fc.integer({ min: 1, max: 3 }),
      fc.nat(20),
      (size, first, window, pick) => {
        const sent = segments(size, first, window);
        const at = pick % sent.length;
        const damaged = sent[at]!.slice();
        damaged[damaged.length - 2]! ^= 1;
        const received = [...sent.slice(0, at), damaged, sent[at]!, ...sent.slice(at)].map(toHex);
        const start = { server_ns: first };
        const told = ask("hdlc-exchange", new Uint8Array(0), { start, received });
        expect(told).toMatchObject({ reassembled_info: toHex(unit) });
        const without = sent.filter((_, index) => index !== at).map(toHex);
        const missing = { start, received: without };
        expect(() => ask("hdlc-exchange", new Uint8Array(0), missing)).toThrow(DecodeError);
      },
    ),
  );
});

test("a session's unit is whole although a segment was sent twice", () => {
  const sent = segments(10, 0, 1);
  for (let twice = 0; twice < sent.length; twice++) {
    const rx = sent.flatMap((octets, at) => (at === twice ? [octets, octets] : [octets]));
    const steps = rx.map((octets) => ({ dir: "rx", hex: toHex(octets) }));
    const told = ask("session-hdlc", new Uint8Array(0), { steps })[
      "steps"
    ] as readonly JsonObject[];
    const units = told.flatMap((step) => step["apdu_hex"] ?? []);
    expect(units).toEqual([toHex(unit.subarray(3))]);
  }
});
