import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { nodeCrypto } from "@lectura/dlms-node";
import {
  array,
  type Data,
  enumeration,
  i8,
  octetString,
  structure,
  u32,
  visibleString,
} from "@lectura/dlms/axdr";
import { fromHex } from "@lectura/dlms/octets";
import { ApduCiphering, InvocationCounter, Secret } from "@lectura/dlms/security";
import { servedData } from "@lectura/dlms/server";
import { encodeWrapper } from "@lectura/dlms/wrapper";
import { encodeApdu } from "@lectura/dlms/xdlms";
import { describe, expect, test } from "vitest";
import { runAs } from "../environment.fixture.ts";
import { dialIn } from "./field-meter.fixture.ts";

const guek = "000102030405060708090a0b0c0d0e0f";
const gak = "d0d1d2d3d4d5d6d7d8d9dadbdcdddedf";
const title = "4c45430000000001";
const energy = octetString(fromHex("0100010800ff"));

function notification(invokeId: number, body: Data): Uint8Array {
  return encodeApdu({
    kind: "data-notification",
    invoke: {
      invokeId,
      selfDescriptive: false,
      breakOnError: false,
      confirmed: false,
      highPriority: false,
    },
    dateTime: new Uint8Array(0),
    body,
  });
}

const scaled = (value: number) =>
  array([structure([energy, u32(value), structure([i8(-1), enumeration(30)])])]);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** A connection to who begins to listen about now. */
async function connected(port: number): Promise<Socket> {
  for (let attempt = 0; ; attempt++) {
    const socket = connect(port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return socket;
    } catch (error) {
      if (attempt > 500) throw error;
    }
  }
}

/** Listens until the command ends; `send` gets a connection as soon as it listens. */
async function heard(
  words: readonly string[],
  send: (socket: Socket) => void,
  given: Parameters<typeof runAs>[1] = {},
) {
  let socket: Socket | undefined;
  const ran = await runAs(["--json", "listen", "--tcp", "0", ...words], {
    ...given,
    onStdout: (text) => {
      const port = /"tcp 127\.0\.0\.1:(\d+)"/.exec(text)?.[1];
      if (port === undefined) return;
      socket = connect(Number(port), "127.0.0.1");
      void once(socket, "connect").then(() => send(socket!));
    },
  });
  socket?.destroy();
  const lines = ran.stdout.trim().split("\n");
  return { ...ran, lines: lines.map((line) => JSON.parse(line)) };
}

describe("listen", () => {
  test("names the values of a push, one JSON object a line, and counts on the end", async () => {
    const { exitCode, lines } = await heard(["--count", "2"], (socket) => {
      socket.write(encodeWrapper(1, 102, notification(7, scaled(47_110))));
      socket.write(encodeWrapper(1, 102, notification(8, structure([u32(1)]))));
    });
    expect(exitCode).toBe(0);
    const [ready, first, second, summary] = lines;
    expect(ready).toMatchObject({ type: "ready" });
    expect(first).toMatchObject({
      type: "push",
      kind: "data",
      invokeId: 7,
      form: "pairs",
      peer: { transport: "tcp", address: "127.0.0.1" },
      values: [
        {
          obis: "1.0.1.8.0.255",
          key: "active_energy",
          value: "4711.0",
          unit: "Wh",
          data: { t: "double-long-unsigned", v: 47_110 },
        },
      ],
    });
    expect(second).toMatchObject({ form: "unnamed", values: [{ obis: null, value: "1" }] });
    expect(summary).toMatchObject({ type: "summary", pushes: 2, values: 2, connections: 1 });
  });

  test("opens what is ciphered with the keys of its sender, and never says a key", async () => {
    const ciphering = new ApduCiphering({
      crypto: nodeCrypto,
      suite: 0,
      protection: "authenticated-encrypted",
      form: "general",
      keys: { unicast: new Secret(fromHex(guek)), authentication: new Secret(fromHex(gak)) },
      ownSystemTitle: fromHex(title),
      peerSystemTitle: fromHex("4c45430000000002"),
      counter: new InvocationCounter({ next: 5 }),
    });
    const sealed = ciphering.protect(notification(9, scaled(10))).slice();
    const sender = `${title}:guek=env:GUEK,gak=env:GAK`;
    const variables = { GUEK: guek, GAK: gak };
    const words = ["--count", "1", "--sender", sender];
    const opened = await heard(words, (socket) => socket.write(encodeWrapper(1, 102, sealed)), {
      variables,
    });
    expect(opened.lines[1]).toMatchObject({
      systemTitle: title,
      verified: true,
      invocationCounter: 5,
      values: [{ value: "1.0" }],
    });
    expect(opened.stdout + opened.stderr).not.toContain(guek);

    const closed = await heard(["--count", "1"], (socket) =>
      socket.write(encodeWrapper(1, 102, sealed)),
    );
    expect(closed.lines[1]).toMatchObject({ kind: "closed", systemTitle: title });

    const replayed = await heard(
      ["--count", "2", "--guek", "env:GUEK"],
      (socket) => {
        socket.write(encodeWrapper(1, 102, sealed));
        socket.write(encodeWrapper(1, 102, sealed));
        socket.write(encodeWrapper(1, 102, notification(1, u32(1))));
      },
      { variables },
    );
    expect(replayed.lines.map(({ type }) => type)).toEqual([
      "ready",
      "push",
      "failed",
      "push",
      "summary",
    ]);
    expect(replayed.lines[2].error.code).toBe("security/replay");
  });

  test("shows a push as a table to people, and what nobody understands with a next step", async () => {
    const port = await freePort();
    const interruption = new AbortController();
    const listening = runAs(["--lang", "es", "listen", "--tcp", `${port}`, "--count", "1"], {
      columns: 80,
      variables: { NO_COLOR: "1" },
      interrupted: interruption.signal,
    });
    const socket = await connected(port);
    socket.write(encodeWrapper(1, 102, fromHex("c10203")));
    socket.write(encodeWrapper(1, 102, notification(7, scaled(47_110))));
    const { exitCode, stdout, stderr } = await listening;
    socket.destroy();
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/1\.0\.1\.8\.0\.255 +4711\.0 +Wh +Energ\u00eda activa/);
    expect(stderr).toContain(`Escuchando en tcp 127.0.0.1:${port}`);
    expect(stderr).toContain("xdlms/malformed");
    expect(stderr).toContain("1 env\u00edos, 1 valores, 1 sin entender");
  });

  test("ends with Ctrl-C, and with the time that was given", async () => {
    const interruption = new AbortController();
    interruption.abort(new Error("interrupted"));
    const words = ["listen", "--udp", "0"];
    const stopped = await runAs(words, { interrupted: interruption.signal });
    expect([stopped.exitCode, stopped.stderr]).toEqual([0, expect.stringContaining("0 pushes")]);
  });

  test("names the meters that call, and hangs up", async () => {
    const port = await freePort();
    const listening = runAs(["--json", "listen", "--dial-in", "--tcp", `${port}`, "--count", "1"]);
    (await connected(port)).destroy();
    const name = servedData("0.0.42.0.0.255", { value: () => visibleString("LEC0000000001") });
    await dialIn(port, [name]);
    const { exitCode, stdout } = await listening;
    expect(exitCode).toBe(0);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.find(({ type }) => type === "meter")).toMatchObject({ name: "LEC0000000001" });
    expect(lines.at(-1)).toMatchObject({ type: "summary", pushes: 1, connections: 2 });
  });

  test.for<readonly [words: readonly string[], code: string]>([
    [["--tcp", "here"], "usage/endpoint"],
    [["--framing", "smoke"], "usage/choice"],
    [["--sender", "4c45:guek=env:X"], "usage/sender"],
    [["--sender", `${title}:guek=00112233`], "usage/sender"],
    [["--sender", `${title}:guek=env:NOT_SET`], "usage/variable"],
    [["--cert", "/not/there"], "usage/missing"],
    [["--cert", "/not/there", "--cert-key", "/not/there"], "usage/file"],
    [["--dial-in", "--udp", "0"], "usage/one-of"],
    [["--dial-in", "--framing", "mbus"], "usage/choice"],
    [["--count", "0"], "usage/number"],
  ])("%j ends with 2 and %s", async ([words, code]) => {
    const { exitCode, stderr } = await runAs(["listen", ...words]);
    expect(stderr).toContain(`error[${code}]`);
    expect(exitCode).toBe(2);
  });
});
