import { ManualClock, seededRandom } from "@lectura/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Backoff, defaultBackoff } from "./backoff.ts";
import { ConnectGate } from "./connect-gate.ts";
import { parseMqttUrl } from "./mqtt-address.ts";

test("pauses with full jitter in a window from 1 s to 60 s", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 0.999_999, noNaN: true }), (x) => {
      const backoff = new Backoff(defaultBackoff, () => x);
      for (let failure = 0; failure < 40; failure++) {
        const windowMs = Math.min(60_000, 1000 * 2 ** failure);
        expect(backoff.next("ordinary")).toBe(Math.floor(x * windowMs));
      }
    }),
  );
});

test("starts again only after a session that lasted 30 s", () => {
  const backoff = new Backoff(defaultBackoff, () => 0.999);
  for (let failure = 0; failure < 10; failure++) backoff.next("ordinary");
  backoff.lived(29_999);
  expect(backoff.next("ordinary")).toBeGreaterThan(50_000);
  backoff.lived(30_000);
  expect(backoff.next("ordinary")).toBeLessThan(1000);
});

test("waits half a minute for a rival, up to ten, and longer sessions count for less", () => {
  const backoff = new Backoff(defaultBackoff, seededRandom(1));
  const first = backoff.next("taken-over");
  expect(first).toBeGreaterThanOrEqual(15_000);
  expect(first).toBeLessThanOrEqual(30_000);
  for (let failure = 0; failure < 10; failure++) backoff.next("taken-over");
  backoff.lived(45_000);
  expect(backoff.next("taken-over")).toBeGreaterThanOrEqual(300_000);
  backoff.lived(301_000);
  expect(backoff.next("taken-over")).toBeLessThanOrEqual(30_000);
});

test("lets connections dial in order, spaced and few at once", async () => {
  const clock = new ManualClock();
  const gate = new ConnectGate(clock, { connectingMax: 2, spacingMs: 10 });
  const dialled: string[] = [];
  const enter = (name: string): Disposable => gate.enter(() => dialled.push(name));
  const a = enter("a");
  enter("b");
  const c = enter("c");
  enter("d");
  expect(dialled).toEqual(["a"]);
  await clock.advance(100);
  expect(dialled).toEqual(["a", "b"]);
  c[Symbol.dispose]();
  a[Symbol.dispose]();
  a[Symbol.dispose]();
  await clock.advance(100);
  expect(dialled).toEqual(["a", "b", "d"]);
});

test("reads MQTT addresses and refuses credentials in them", () => {
  expect(parseMqttUrl("mqtt://broker")).toEqual({ host: "broker", port: 1883, tls: false });
  expect(parseMqttUrl("mqtts://broker:9000")).toEqual({ host: "broker", port: 9000, tls: true });
  expect(parseMqttUrl("mqtt://[::1]:1884")).toEqual({ host: "::1", port: 1884, tls: false });
  for (const url of ["http://broker", "broker:1883", "mqtt://user:secret@broker", "mqtt://", ""]) {
    expect(() => parseMqttUrl(url)).toThrow(RangeError);
  }
});
