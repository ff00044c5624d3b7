import { register } from "@lectura/dlms/cosem";
import { fromHex, toHex } from "@lectura/dlms/octets";
import { Secret } from "@lectura/dlms/security";
import { ManualClock } from "@lectura/testkit";
import { expect, test } from "vitest";
import { openSession } from "../session/open-session.ts";
import { acceptingAare, associated, ScriptedMeter } from "../session/scripted-meter.fixture.ts";
import type { SessionOptions } from "../session/session-options.ts";
import { FrameMasker } from "./frame-masker.ts";
import { parseRecording, type Recording } from "./recording.ts";
import { replayPort } from "./replay-port.ts";
import { SessionRecorder } from "./session-recorder.ts";

const password = "not-for-your-eyes";
const passwordHex = toHex(new TextEncoder().encode(password));
const lls: Partial<SessionOptions> = {
  clientSap: 1,
  authentication: { mechanism: "lls", password: Secret.fromText(password) },
};

async function readEnergy(options: SessionOptions): Promise<unknown> {
  await using session = await openSession({ ...options, ...lls });
  return await session.get(register("1.0.1.8.0.255"));
}

const energyMeter = (hdlc = {}): ScriptedMeter =>
  new ScriptedMeter({
    clientSap: 1,
    hdlc,
    answer: associated(() => "c401c1000600bc614e"),
  });

async function record(secrets: Recording["secrets"], hdlc = {}): Promise<string> {
  let text = "";
  using recorder = new SessionRecorder({ secrets, write: (lines) => void (text += lines) });
  const value = await readEnergy({ port: energyMeter(hdlc).port, observer: recorder });
  expect(value).toEqual({ ok: true, value: { type: "double-long-unsigned", value: 12345678 } });
  recorder[Symbol.dispose]();
  return text;
}

test("a recording holds no password unless it is told to", async () => {
  expect(await record("masked")).not.toContain(passwordHex);
  expect(await record("present")).toContain(passwordHex);
});

test("a password that lies across segments is masked in all of them", async () => {
  const text = await record("masked", { receiveOctetsMax: 40 });
  const { frames } = parseRecording(text);
  const zeros = frames.flatMap(({ octets, masked }) =>
    masked.map(([start, end]) => octets.subarray(start, end)),
  );
  expect(zeros.length).toBeGreaterThan(2);
  for (let at = 0; at < passwordHex.length - 6; at += 2) {
    expect(text).not.toContain(passwordHex.slice(at, at + 8));
  }
});

test("a recording is a meter: the same session runs against it again", async () => {
  for (const hdlc of [{}, { receiveOctetsMax: 40 }]) {
    const recording = parseRecording(await record("masked", hdlc));
    const port = replayPort(recording);
    const value = await readEnergy({ port });
    expect(value).toMatchObject({ ok: true });
    expect(port.difference).toBeUndefined();
    expect(port.complete).toBe(true);
  }
});

test("a replay closes and says where a session differs", async () => {
  const port = replayPort(parseRecording(await record("masked")));
  await using session = await openSession({ port, ...lls });
  await expect(session.get(register("1.0.2.8.0.255"))).rejects.toMatchObject({
    code: "tcp/closed",
  });
  expect(port.difference).toContain("frame 5: recorded 7ea0");
  expect(port.complete).toBe(false);
});

test("a replay with a clock answers after the recorded pause", async () => {
  const clock = new ManualClock();
  const head = '{"recording":1,"framing":"wrapper","secrets":"masked","startedAt":"2026-01-02"}';
  const lines = [head, '{"dir":"tx","ms":0,"hex":"01"}', '{"dir":"rx","ms":40,"hex":"02"}'];
  const port = replayPort(parseRecording(lines.join("\n")), { clock });
  const heard: string[] = [];
  port.listen({ receive: (octets) => void heard.push(toHex(octets)), closed: () => {} });
  port.send(Uint8Array.of(1));
  await clock.advance(39);
  expect(heard).toEqual([]);
  await clock.advance(1);
  expect(heard).toEqual(["02"]);
});

/** Frames of a wrapper session, recorded without a session. */
function recorded(frames: readonly (readonly ["tx" | "rx", string, boolean?])[]): string {
  let text = "";
  using recorder = new SessionRecorder({ write: (lines) => void (text += lines) });
  for (const [direction, apdu, sensitive = false] of frames) {
    const octets = fromHex(apdu);
    const unit = Uint8Array.of(0, 1, 0, 1, 0, 1, 0, octets.length, ...octets);
    recorder.frame(direction, unit, 0, sensitive);
  }
  return text;
}

const reply = "c301c1000f0000280000ff01010908aabbccddaabbccdd";

test("the HLS passes are masked, and what changes a password or a key", () => {
  const text = recorded([
    ["tx", reply],
    ["rx", "c701c1000100090811223344aabbccdd"],
    ["tx", "c101c1000f0000280000ff07000908aabbccddaabbccdd"],
    ["tx", "c301c1004000002b0000ff02010101020216000908aabbccddaabbccdd"],
  ]);
  expect(text).not.toContain("aabbccdd");
  expect(parseRecording(text).frames.map(({ masked }) => masked.length)).toEqual([1, 1, 1, 1]);
});

test("a dedicated key is masked, and a challenge", () => {
  const text = recorded([
    [
      "tx",
      "603fa1090607608574050801018a0207808b0760857405080205ac0a8008aabbccddaabbccdd" +
        "be19041701010855667788556677880000065f1f0400007e1fffff",
    ],
    ["rx", acceptingAare],
  ]);
  expect(text).not.toContain("aabbccdd");
  expect(text).not.toContain("55667788");
  expect(text).toContain(acceptingAare);
});

test("what a session calls sensitive and nobody understands is masked as a whole", () => {
  expect(recorded([["tx", "ffaabbccdd", true]])).not.toContain("aabbccdd");
  expect(recorded([["tx", "ffaabbccdd"]])).toContain("aabbccdd");
  expect(recorded([["tx", "6009aabbccdd"]])).not.toContain("aabbccdd");
});

test("a frame that is shorter than its header is masked within its own octets", () => {
  const [frame] = new FrameMasker().take("tx", fromHex("0001001000"), 0, true);
  expect(frame).toMatchObject({ octets: new Uint8Array(5), masked: [[0, 5]] });
});

test("readings and ciphered APDUs stay as they were", () => {
  const apdus = ["c401c100090caabbccddaabbccddaabbccdd", "cb0830aabbccddaabbcc"];
  const text = recorded(apdus.map((apdu) => ["rx", apdu] as const));
  for (const apdu of apdus) expect(text).toContain(apdu);
});

test("a recording ends at its limit and says so", () => {
  let text = "";
  using recorder = new SessionRecorder({ octetsMax: 400, write: (lines) => void (text += lines) });
  for (let at = 0; at < 20; at++) recorder.frame("rx", fromHex("7ea00803"), at, false);
  const { cut, frames } = parseRecording(text);
  expect(cut).toBe(true);
  expect(frames.length).toBeLessThan(20);
});

test("text that is no recording is refused with its line", () => {
  const head = '{"recording":1,"framing":"hdlc","secrets":"masked","startedAt":"2026-01-02"}\n';
  for (const [text, line] of [
    ["", 1],
    ["[]", 1],
    [`${head}{"dir":"up"}`, 2],
    [`${head}{"dir":"tx","ms":0,"hex":"7g"}`, 2],
    [`${head}{"dir":"tx","ms":0,"hex":"7e","masked":[[0,2]]}`, 2],
    [`${head}nothing`, 2],
  ] as const) {
    expect(() => parseRecording(text)).toThrow(`line ${line} of the recording`);
  }
});

test("the logical name of what is masked stays readable", () => {
  const { frames } = parseRecording(recorded([["tx", reply]]));
  expect(toHex(frames[0]!.octets)).toContain("000f0000280000ff01");
});
