import { connect, type Socket } from "node:net";
import { obis } from "@lectura/dlms/cosem";
import { buildFrame } from "@lectura/dlms/hdlc";
import { fromHex, toHex } from "@lectura/dlms/octets";
import { ObjectDirectory, type ServerObject } from "@lectura/dlms/server";
import { Secret } from "@lectura/dlms/security";
import { encodeWrapper } from "@lectura/dlms/wrapper";
import { afterEach, describe, expect, test } from "vitest";
import { PortError } from "../ports/port-error.ts";
import { type ServedLine, serveTcp, type ServeTcpOptions } from "./serve-tcp.ts";
import type { ServedMeter } from "./served-meter.ts";

type RegisterValue = readonly [type: "double-long" | "double-long-unsigned", value: number];

function register(code: string, [type, value]: RegisterValue): ServerObject {
  return {
    classId: 3,
    version: 0,
    logicalName: obis(code),
    attributes: {
      2: { read: () => ({ type, value }) },
      3: {
        read: () => ({
          type: "structure",
          value: [
            { type: "integer", value: -2 },
            { type: "enum", value: 35 },
          ],
        }),
      },
    },
  };
}

/** The meter of the golden transcript (reference: section 8 of the original's dossier). */
const objects = new ObjectDirectory([
  register("1.1.32.7.0.255", ["double-long", 13_519]),
  register("1.1.31.7.0.255", ["double-long", 1329]),
  register("1.1.14.7.0.255", ["double-long", 5997]),
  register("1.1.1.7.0.255", ["double-long-unsigned", 5]),
  register("1.1.1.8.0.255", ["double-long-unsigned", 56_352]),
]);

function meter(changes: Partial<ServedMeter> = {}): ServedMeter {
  return {
    address: { size: 4, upper: 1, lower: 1234 },
    device: {
      views: [
        {
          clientSap: 1,
          authentication: { mechanism: "low", password: Secret.fromText("22222222") },
          objects,
          conformance: 0x00_301d,
          maxPduOctets: 0x1900,
          // The transcript's meter reads lists although it does not say so.
          enforceConformance: false,
        },
        { clientSap: 16, authentication: { mechanism: "none" }, objects, conformance: 0x00_301d },
      ],
    },
    ...changes,
  };
}

const closers: AsyncDisposable[] = [];

afterEach(async () => {
  for (const closer of closers.splice(0)) await closer[Symbol.asyncDispose]();
});

async function serve(options: Partial<ServeTcpOptions> = {}): Promise<ServedLine> {
  const line = await serveTcp({ meters: [meter()], ...options });
  closers.push(line);
  return line;
}

/** A client that knows nothing but octets. */
class Raw {
  readonly socket: Socket;
  #received = "";
  #wake: (() => void) | undefined;
  ended = false;

  constructor(port: number) {
    this.socket = connect({ host: "127.0.0.1", port, noDelay: true });
    this.socket.on("data", (octets: Buffer) => {
      this.#received += toHex(octets);
      this.#wake?.();
    });
    this.socket.on("error", () => undefined);
    this.socket.on("close", () => {
      this.ended = true;
      this.#wake?.();
    });
    closers.push({ [Symbol.asyncDispose]: async () => void this.socket.destroy() });
  }

  send(hex: string): void {
    this.socket.write(fromHex(hex));
  }

  /** Everything received up to `octets` octets; what came is taken. */
  async take(octets: number): Promise<string> {
    while (this.#received.length < octets * 2 && !this.ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const taken = this.#received.slice(0, octets * 2);
    this.#received = this.#received.slice(octets * 2);
    return taken;
  }

  async exchange(request: string, answer: string): Promise<void> {
    this.send(request);
    const expected = toHex(fromHex(answer));
    expect(await this.take(expected.length / 2)).toBe(expected);
  }

  async untilEnd(): Promise<string> {
    return this.take(Number.MAX_SAFE_INTEGER);
  }
}

const snrm = "7EA0070303938C117E";
const ua =
  "7E A0 1E 03 03 73 40 CC 81 80 12 05 01 80 06 01 80 07 04 00 00 00 01 08 04 00 00 00 01 53 3B 7E";
const aarq =
  "7E A0 44 03 03 10 65 94 E6 E6 00 60 36 A1 09 06 07 60 85 74 05 08 01 01 8A 02 07 80 8B 07 60 85 " +
  "74 05 08 02 01 AC 0A 80 08 32 32 32 32 32 32 32 32 BE 10 04 0E 01 00 00 00 06 5F 1F 04 00 00 7E " +
  "1F 04 B0 52 68 7E";
const aare =
  "7E A0 37 03 03 30 EF CA E6 E7 00 61 29 A1 09 06 07 60 85 74 05 08 01 01 A2 03 02 01 00 A3 05 A1 " +
  "03 02 01 00 BE 10 04 0E 08 00 06 5F 1F 04 00 00 30 1D 19 00 00 07 0C 52 7E";
const disc = "7E A0 07 03 03 53 80 D7 7E";
const dm = "7E A0 07 03 03 1F E8 5F 7E";

const scalerAnswer = "A0 16 03 03 52 13 19 E6 E7 00 C4 01 01 00 02 02 0F FE 16 23";

describe("golden transcript over real TCP", () => {
  test("every request of the transcript gets exactly its answer", async () => {
    const raw = new Raw((await serve()).port);
    await raw.exchange(snrm, ua);
    await raw.exchange(aarq, aare);
    await raw.exchange(
      "7E A0 19 03 03 32 EC C8 E6 E6 00 C0 01 C1 00 03 01 01 20 07 00 FF 03 00 88 05 7E",
      "7E A0 16 03 03 52 13 19 E6 E7 00 C4 01 C1 00 02 02 0F FE 16 23 28 A2 7E",
    );
    await raw.exchange(
      "7E A0 19 03 03 54 DC CE E6 E6 00 C0 01 C2 00 03 01 01 20 07 00 FF 02 00 E3 E2 7E",
      "7E A0 15 03 03 74 EA 78 E6 E7 00 C4 01 C2 00 05 00 00 34 CF E6 42 7E",
    );
    await raw.exchange(
      "7E A0 19 03 03 76 CC CC E6 E6 00 C0 01 C3 00 03 01 01 63 07 00 FF 02 00 DE B9 7E",
      "7E A0 11 03 03 96 1A CE E6 E7 00 C4 01 C3 01 04 74 43 7E",
    );
    await raw.exchange(
      "7E A0 42 03 03 98 BF D7 E6 E6 00 C0 03 C4 05 00 03 01 01 20 07 00 FF 02 00 00 03 01 01 1F 07 " +
        "00 FF 02 00 00 03 01 01 0E 07 00 FF 02 00 00 03 01 01 01 07 00 FF 02 00 00 03 01 01 01 08 " +
        "00 FF 02 00 A4 57 7E",
      "7E A0 2E 03 03 B8 6D F8 E6 E7 00 C4 03 C4 05 00 05 00 00 34 CF 00 05 00 00 05 31 00 05 00 00 " +
        "17 6D 00 06 00 00 00 05 00 06 00 00 DC 20 AB F4 7E",
    );
    await raw.exchange(disc, "7E A0 07 03 03 73 82 F6 7E");
    await raw.exchange(disc, dm);
  });

  test("a wrong password gets AARE 1 with diagnostic 13", async () => {
    const raw = new Raw((await serve()).port);
    await raw.exchange(snrm, ua);
    const wrong = fromHex(aarq).subarray(8, -3);
    wrong[wrong.length - 19] = 0x33;
    const frame = buildFrame({
      destination: Uint8Array.of(3),
      source: Uint8Array.of(3),
      control: 0x10,
      information: wrong,
    });
    await raw.exchange(
      toHex(frame),
      "7E A0 37 03 03 30 EF CA E6 E7 00 61 29 A1 09 06 07 60 85 74 05 08 01 01 A2 03 02 01 01 A3 05 A1 " +
        "03 02 01 0D BE 10 04 0E 08 00 06 5F 1F 04 00 00 30 1D 19 00 00 07 1F EB 7E",
    );
  });

  test("the wrong N(R) of the original's client is lived with", async () => {
    const raw = new Raw((await serve()).port);
    await raw.exchange(snrm, ua);
    await raw.exchange(aarq, aare);
    await raw.exchange(
      "7E A0 19 03 03 12 EE E9 E6 E6 00 C0 01 01 00 03 01 01 20 07 00 FF 03 00 96 5A 7E",
      `7E ${scalerAnswer} ${fcsOf(scalerAnswer)}`,
    );
  });
});

/** FCS and closing flag, by the dossier's own reference lines. */
function fcsOf(hex: string): string {
  let crc = 0xffff;
  for (const octet of fromHex(hex)) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0x8408 : crc >> 1;
  }
  crc ^= 0xffff;
  return toHex(Uint8Array.of(crc & 0xff, crc >> 8, 0x7e));
}

describe("addresses", () => {
  test("answers the long form with the long form", async () => {
    const raw = new Raw((await serve()).port);
    raw.send("7E A0 0A 00 02 12 A5 03 93 79 41 7E");
    expect(await raw.take(9)).toBe("7ea02103000212a573");
  });

  test("is silent to other meters, all stations, damaged frames and text", async () => {
    const raw = new Raw((await serve()).port);
    raw.send("7E A0 0A 00 02 00 03 21 93 23 72 7E"); // 1/1
    raw.send("7E A0 08 02 FF 03 93 92 5E 7E"); // 1/7F
    raw.send("7E A0 0A 00 02 FE FF 03 93 5E 92 7E"); // 1/3FFF
    raw.send("7E A0 07 03 21 93 00 00 7E"); // FCS
    raw.send(toHex(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")));
    await raw.exchange(snrm, ua);
  });

  test("answers an unknown client with DM", async () => {
    const raw = new Raw((await serve()).port);
    const frame = buildFrame({
      destination: Uint8Array.of(3),
      source: Uint8Array.of(0x41),
      control: 0x93,
    });
    raw.send(toHex(frame));
    expect((await raw.take(9)).slice(0, 12)).toBe("7ea00741031f");
  });

  test("keeps the meters of one line apart and lets a form that calls two of them unanswered", async () => {
    const second = meter({ address: { size: 4, upper: 1, lower: 17 } });
    const raw = new Raw((await serve({ meters: [meter(), second] })).port);
    raw.send(snrm);
    raw.send("7E A0 0A 00 02 00 23 21 93 18 71 7E");
    expect((await raw.take(35)).slice(0, 16)).toBe("7ea0212100020023");
    raw.send("7E A0 0A 00 02 12 A5 21 93 FA 51 7E");
    expect((await raw.take(35)).slice(0, 16)).toBe("7ea02121000212a5");
  });

  test("an exact meter does not answer shorter forms", async () => {
    const raw = new Raw((await serve({ meters: [meter({ exactAddress: true })] })).port);
    raw.send(snrm);
    raw.send("7E A0 0A 00 02 12 A5 21 93 FA 51 7E");
    expect((await raw.take(35)).slice(0, 16)).toBe("7ea02121000212a5");
  });
});

describe("wrapper", () => {
  const publicAarq = fromHex("601da109060760857405080101be10040e01000000065f1f040000301dffff");

  test("is recognised by its first octet and swaps the ports in its answers", async () => {
    const raw = new Raw((await serve()).port);
    raw.socket.write(encodeWrapper(16, 1, publicAarq));
    const answer = await raw.take(8 + 43);
    expect(answer.slice(0, 22)).toBe("000100010010002b6129a1");
    raw.socket.write(encodeWrapper(16, 1, fromHex("c001c100030101200700ff0200")));
    expect(await raw.take(17)).toBe("0001000100100009c401c10005000034cf");
  });

  test("is silent to other ports", async () => {
    const raw = new Raw((await serve()).port);
    raw.socket.write(encodeWrapper(17, 1, publicAarq));
    raw.socket.write(encodeWrapper(16, 2, publicAarq));
    raw.socket.write(encodeWrapper(16, 1, publicAarq));
    expect((await raw.take(51)).slice(0, 16)).toBe("000100010010002b");
  });
});

describe("port", () => {
  test("tells a taken port by its code", async () => {
    const line = await serve();
    const taken = serveTcp({ meters: [], port: line.port });
    await expect(taken).rejects.toBeInstanceOf(PortError);
    await expect(taken).rejects.toMatchObject({ code: "tcp/address-in-use" });
  });

  test("closes connections beyond its limit and everything on disposal", async () => {
    const events: string[] = [];
    const line = await serve({
      connectionsMax: 1,
      onEvent: ({ type }) => void events.push(type),
    });
    const first = new Raw(line.port);
    await first.exchange(snrm, ua);
    const second = new Raw(line.port);
    expect(await second.untilEnd()).toBe("");
    expect(line.connections).toBe(1);
    await line[Symbol.asyncDispose]();
    await first.untilEnd();
    await line[Symbol.asyncDispose]();
    expect(events.slice(0, 2)).toEqual(["connected", "refused"]);
  });

  test("an interposed converter sees the connection first", async () => {
    const line = await serve({
      interpose: (port) => {
        port.send(new TextEncoder().encode("busy"));
        void port[Symbol.asyncDispose]();
        return undefined;
      },
    });
    expect(await new Raw(line.port).untilEnd()).toBe(toHex(new TextEncoder().encode("busy")));
  });
});
