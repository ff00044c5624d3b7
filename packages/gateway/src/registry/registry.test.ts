import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openVault, type Vault } from "../vault/vault.ts";
import { openRegistry, type Registry } from "./registry.ts";

/** Time stands still until a test moves it. */
class StillClock {
  now = 1_760_000_000_000;
  timers: { at: number; fire: () => void }[] = [];
  nowMs(): number {
    return this.now;
  }
  timer(afterMs: number, fire: () => void): Disposable {
    const timer = { at: this.now + afterMs, fire };
    this.timers.push(timer);
    return {
      [Symbol.dispose]: () => {
        this.timers = this.timers.filter((other) => other !== timer);
      },
    };
  }
  advance(ms: number): void {
    this.now += ms;
    const due = this.timers.filter(({ at }) => at <= this.now);
    this.timers = this.timers.filter(({ at }) => at > this.now);
    for (const { fire } of due) fire();
  }
}

let directory = "";
let clock = new StillClock();
let vault: Vault;
let registry: Registry;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "lectura-registry-"));
  clock = new StillClock();
  vault = openVault(directory);
  registry = openRegistry({ directory, vault, clock });
});
afterEach(() => {
  registry[Symbol.dispose]();
  vault[Symbol.dispose]();
  rmSync(directory, { recursive: true, force: true });
});

const endpoint = { kind: "tcp", host: "10.0.0.7", port: 3333 } as const;

/** Code and params of what `work` throws. */
function problemOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    const { code, params } = error as { code: string; params: unknown };
    return { code, params };
  }
  return undefined;
}
const codeOf = (work: () => unknown): unknown => (problemOf(work) as { code?: string })?.code;

describe("lines", () => {
  test("a line has defaults, a name of its own and can be edited, paused and removed", () => {
    const line = registry.addLine({ endpoint: { ...endpoint, host: "Converter.Local" } });
    expect(line).toEqual({
      id: 1,
      name: "converter.local:3333",
      endpoint: { kind: "tcp", host: "converter.local", port: 3333 },
      framing: "hdlc",
      gapMs: 0,
      connectTimeoutMs: 5000,
      responseTimeoutMs: 5000,
      paused: false,
    });
    expect(registry.editLine(line.name, { name: "roof", gapMs: 50 })).toMatchObject({
      id: 1,
      name: "roof",
      gapMs: 50,
      endpoint: { host: "converter.local" },
    });
    expect(registry.pauseLine("roof").paused).toBe(true);
    expect(registry.lines()[0]?.paused).toBe(true);
    expect(registry.resumeLine(1).paused).toBe(false);
    registry.removeLine("roof");
    expect(registry.lines()).toEqual([]);
    expect(codeOf(() => registry.line("roof"))).toBe("registry/no-such-line");
  });

  test("one endpoint is one line, and its framing is not guessed twice", () => {
    registry.addLine({ name: "roof", endpoint });
    expect(problemOf(() => registry.addLine({ endpoint }))).toEqual({
      code: "registry/endpoint-taken",
      params: { endpoint: "10.0.0.7:3333", line: "roof" },
    });
    expect(problemOf(() => registry.addLine({ endpoint, framing: "wrapper" }))).toEqual({
      code: "registry/framing-conflict",
      params: { endpoint: "10.0.0.7:3333", line: "roof", framing: "hdlc", wanted: "wrapper" },
    });
    const draft = { name: "m", endpoint, framing: "wrapper" } as const;
    expect(codeOf(() => registry.addMeter(draft))).toBe("registry/framing-conflict");
    expect(registry.meters()).toEqual([]);
  });

  test("a line with meters stays", () => {
    registry.addMeter({ name: "m", endpoint });
    expect(problemOf(() => registry.removeLine("10.0.0.7:3333"))).toEqual({
      code: "registry/line-in-use",
      params: { line: "10.0.0.7:3333", meters: 1 },
    });
  });

  test("an IPv6 address may stand in brackets", () => {
    const line = registry.addLine({ endpoint: { ...endpoint, host: "[FE80::1]" } });
    expect(line.endpoint).toMatchObject({ host: "fe80::1" });
    expect(line.name).toBe("fe80::1:3333");
    expect(codeOf(() => registry.addLine({ endpoint: { ...endpoint, host: "fe80::1" } }))).toBe(
      "registry/endpoint-taken",
    );
  });

  test("impossible fields are named", () => {
    for (const [field, edit] of [
      ["endpoint.port", { endpoint: { ...endpoint, port: 0 } }],
      ["endpoint.host", { endpoint: { ...endpoint, host: "a b" } }],
      ["gapMs", { endpoint, gapMs: -1 }],
      ["draft", { endpoint, nonsense: 1 }],
    ] as const) {
      const problem = problemOf(() => registry.addLine(edit as never));
      expect(problem).toMatchObject({ code: "registry/invalid", params: { field } });
    }
    expect(codeOf(() => registry.addLine({ endpoint, name: "a/b" }))).toBe("registry/bad-name");
  });
});

describe("meters", () => {
  test("a meter of a template has the template's profile and plan, and makes its line", () => {
    const meter = registry.addMeter({
      name: "Main board",
      endpoint,
      template: "microstar",
      password: "22222222",
    });
    expect(meter).toMatchObject({
      id: 1,
      lineId: 1,
      address: { size: 1, upper: 1, lower: 0 },
      association: { clientSap: 1, authentication: "lls", quirks: {} },
      template: "microstar",
      paused: false,
      hasPassword: true,
      hasThingsBoardToken: false,
      createdAt: clock.now,
      updatedAt: clock.now,
    });
    expect(meter.plan.intervalMs).toBe(2000);
    expect(meter.plan.items).toHaveLength(9);
    expect(meter.plan.items[0]).toMatchObject({
      key: "voltage_l1",
      classId: 3,
      logicalName: "1.1.32.7.0.255",
      attributeId: 2,
      expectedUnit: 35,
    });
    expect(registry.meters()).toEqual([meter]);
    expect(registry.meter("Main board")).toEqual(meter);
    expect(registry.meter(1)).toEqual(meter);
    expect(registry.meter("1")).toEqual(meter);
    expect(registry.meterCredentials(1).secret?.reveal()).toEqual(
      new TextEncoder().encode("22222222"),
    );
  });

  test("a meter without a template reads the five values, public unless it has a password", () => {
    const open = registry.addMeter({ name: "open", endpoint });
    expect(open.association).toEqual({ clientSap: 1, authentication: "none", quirks: {} });
    expect(open.address).toEqual({ size: "auto", upper: 1, lower: 0 });
    expect(open.plan.items.map(({ key, logicalName }) => [key, logicalName])).toEqual([
      ["voltage_l1", "1.0.32.7.0.255"],
      ["current_l1", "1.0.31.7.0.255"],
      ["frequency", "1.0.14.7.0.255"],
      ["active_power", "1.0.1.7.0.255"],
      ["active_energy", "1.0.1.8.0.255"],
    ]);
    const locked = registry.addMeter({
      name: "locked",
      endpoint,
      address: { lower: 17 },
      password: "1",
    });
    expect(locked.association.authentication).toBe("lls");
    expect(locked.lineId).toBe(open.lineId);
  });

  test("a name made of digits is a name first", () => {
    const first = registry.addMeter({ name: "2", endpoint });
    const second = registry.addMeter({ name: "x", endpoint, address: { lower: 5 } });
    expect(second.id).toBe(2);
    expect(registry.meter("2")).toEqual(first);
    expect(registry.meter(2)).toEqual(second);
  });

  test("an unknown key is refused with the nearest known ones", () => {
    expect(
      problemOf(() =>
        registry.addMeter({ name: "m", endpoint, keys: ["voltage_l1", "voltaje_l1"] }),
      ),
    ).toMatchObject({
      code: "registry/unknown-key",
      params: { key: "voltaje_l1", nearest: expect.stringContaining("voltage_l1") },
    });
    expect(registry.lines()).toEqual([]);
    expect(codeOf(() => registry.addMeter({ name: "m", endpoint, keys: ["a".repeat(99)] }))).toBe(
      "registry/unknown-key",
    );
    const twice = { name: "m", endpoint, keys: ["voltage_l1", "voltage_l1"] };
    expect(codeOf(() => registry.addMeter(twice))).toBe("registry/duplicate-key");
  });

  test("two meters cannot share a name or an address on a line", () => {
    registry.addMeter({ name: "a", endpoint, address: { upper: 1, lower: 17 } });
    expect(problemOf(() => registry.addMeter({ name: "a", endpoint }))).toEqual({
      code: "registry/name-taken",
      params: { kind: "meter", name: "a" },
    });
    const same = { name: "b", endpoint, address: { upper: 1, lower: 17, size: 4 } } as const;
    expect(problemOf(() => registry.addMeter(same))).toEqual({
      code: "registry/address-taken",
      params: { line: "10.0.0.7:3333", upper: 1, lower: 17, meter: "a" },
    });
    const other = registry.addMeter({ name: "b", endpoint, address: { lower: 18 } });
    expect(codeOf(() => registry.editMeter(other.id, { address: { lower: 17 } }))).toBe(
      "registry/address-taken",
    );
    expect(codeOf(() => registry.editMeter(other.id, { name: "a" }))).toBe("registry/name-taken");
  });

  test("meters of a one-octet address differ by their upper address alone", () => {
    registry.addMeter({ name: "a", endpoint, address: { size: 1, upper: 1 } });
    const same = { name: "b", endpoint, address: { size: 1, upper: 1, lower: 17 } } as const;
    expect(codeOf(() => registry.addMeter(same))).toBe("registry/address-taken");
    expect(registry.addMeter({ ...same, address: { size: 1, upper: 2 } }).id).toBe(2);
    expect(registry.addMeter({ ...same, name: "c", address: { size: 4, lower: 17 } }).id).toBe(3);
  });

  test("an address must fit its size", () => {
    const add = (address: object): unknown =>
      problemOf(() => registry.addMeter({ name: "m", endpoint, address }));
    expect(add({ size: 1, lower: 16_384 })).toMatchObject({ params: { field: "address.lower" } });
    expect(add({ size: 1, upper: 128 })).toMatchObject({ params: { field: "address.upper" } });
    expect(add({ size: 2, lower: 128 })).toMatchObject({ params: { field: "address.lower" } });
    expect(add({ size: 4, upper: 16_384 })).toMatchObject({ params: { field: "address.upper" } });
    expect(codeOf(() => registry.addMeter({ name: "m", endpoint, clientSap: 200 }))).toBe(
      "registry/invalid",
    );
    const line = registry.addLine({ endpoint, framing: "wrapper" });
    const meter = registry.addMeter({ name: "w", line: line.id, clientSap: 200 });
    expect(meter.association.clientSap).toBe(200);
  });

  test("a lower address makes the one-octet form of a template grow", () => {
    const meter = registry.addMeter({
      name: "m",
      endpoint,
      template: "microstar",
      address: { lower: 2345 },
    });
    expect(meter.address).toEqual({ size: "auto", upper: 1, lower: 2345 });
  });

  test("an edit changes what it names, and a new address forgets what was learnt", () => {
    const meter = registry.addMeter({ name: "m", endpoint, template: "microstar", password: "p" });
    const learn = (): void => {
      const database = new DatabaseSync(join(directory, "lectura.db"));
      database.exec("INSERT OR REPLACE INTO facts VALUES (1, 'with-list', 'no')");
      database.exec("INSERT OR REPLACE INTO scalers VALUES (1, 3, '1.0.1.8.0.255', 0, 30, 1)");
      database.close();
    };
    const learnt = (): number => {
      const database = new DatabaseSync(join(directory, "lectura.db"));
      const facts = database.prepare("SELECT count(*) AS n FROM facts").get();
      const scalers = database.prepare("SELECT count(*) AS n FROM scalers").get();
      database.close();
      return Number(facts?.["n"]) + Number(scalers?.["n"]);
    };
    learn();
    clock.now += 1000;
    const slower = registry.editMeter("m", { intervalMs: 5000, keys: ["frequency"] });
    expect(slower).toMatchObject({
      id: meter.id,
      plan: { intervalMs: 5000, items: [{ key: "frequency", logicalName: "1.1.14.7.0.255" }] },
      association: meter.association,
      hasPassword: true,
      createdAt: meter.createdAt,
      updatedAt: clock.now,
    });
    expect(learnt()).toBe(2);
    registry.editMeter("m", { endpoint: { ...endpoint, port: 4059 } });
    expect(learnt()).toBe(0);
    expect(registry.lines().map(({ endpoint: at }) => at)).toMatchObject([
      { port: 3333 },
      { port: 4059 },
    ]);
    expect(registry.editMeter("m", { password: "" }).hasPassword).toBe(false);
    const changed = registry.editMeter("m", { template: "generic-three-phase" });
    expect(changed.plan.items[0]?.logicalName).toBe("1.0.32.7.0.255");
    expect(changed.address.size).toBe("auto");
  });

  test("pause and resume survive a restart", () => {
    registry.addMeter({ name: "m", endpoint });
    registry.pauseMeter("m");
    using again = openRegistry({ directory, vault, clock });
    expect(again.meter("m").paused).toBe(true);
    again.resumeMeter("m");
    expect(registry.meter("m").paused).toBe(false);
    expect(registry.meters()[0]?.paused).toBe(false);
  });

  test("a removed meter takes its secrets along, and its number is not given again", () => {
    registry.addMeter({ name: "m", endpoint, password: "p", thingsBoardToken: "t" });
    expect(registry.meter("m").hasThingsBoardToken).toBe(true);
    registry.removeMeter("m");
    expect(vault.has("meter:1", "password")).toBe(false);
    expect(vault.has("meter:1", "thingsboard-token")).toBe(false);
    expect(registry.addMeter({ name: "m", endpoint }).id).toBe(2);
  });

  test("an unknown meter is answered with similar names", () => {
    registry.addMeter({ name: "Kitchen", endpoint });
    expect(problemOf(() => registry.meter("kichen"))).toEqual({
      code: "registry/no-such-meter",
      params: { name: "kichen", nearest: "Kitchen" },
    });
  });

  test("an unknown template is refused", () => {
    expect(problemOf(() => registry.addMeter({ name: "m", endpoint, template: "micro" }))).toEqual({
      code: "registry/no-such-template",
      params: { name: "micro", nearest: "microstar" },
    });
  });

  test("names are letters, digits, dots, hyphens and blanks, 64 at most", () => {
    for (const name of ["", " a", "a ", "a/b", "a+b", "x".repeat(65), "\u00e1"]) {
      expect(codeOf(() => registry.addMeter({ name, endpoint }))).toMatch(
        /^registry\/(bad-name|invalid)$/,
      );
    }
    expect(registry.addMeter({ name: `A-1_b. ${"c".repeat(56)}`, endpoint }).id).toBe(1);
  });
});

describe("sinks", () => {
  test("an MQTT sink has defaults, and its password is nowhere to be read", () => {
    const sink = registry.addSink({
      kind: "mqtt",
      name: "broker",
      url: "mqtt://ana:s3cr3t@broker.local:1883",
    });
    expect(sink).toEqual({
      id: 1,
      name: "broker",
      paused: false,
      kind: "mqtt",
      url: "mqtt://broker.local:1883",
      tls: undefined,
      username: "ana",
      hasPassword: true,
      clientId: undefined,
      topic: "meters/{meter}/telemetry",
      statusTopic: "lectura/status",
      format: "original",
      retain: false,
    });
    expect(registry.sinkPassword(1)?.reveal()).toEqual(new TextEncoder().encode("s3cr3t"));
    const stored = readFileSync(join(directory, "lectura.db-wal"));
    expect(stored.includes("s3cr3t")).toBe(false);
  });

  test("an edit replaces fields and can clear the password", () => {
    registry.addSink({ kind: "mqtt", name: "broker", url: "mqtt://h", password: "p" });
    const edited = registry.editSink("broker", {
      topic: "a/{meterId}",
      retain: true,
      password: "",
      username: undefined,
    });
    expect(edited).toMatchObject({ topic: "a/{meterId}", retain: true, hasPassword: false });
    expect(problemOf(() => registry.editSink("broker", { topic: "a/#" }))).toMatchObject({
      params: { field: "topic" },
    });
    expect(codeOf(() => registry.editSink("broker", { kind: "thingsboard-device" }))).toBe(
      "registry/invalid",
    );
    expect(codeOf(() => registry.editSink("broker", { nonsense: 1 } as never))).toBe(
      "registry/invalid",
    );
  });

  test("a ThingsBoard sink takes no token: every meter has its own", () => {
    const sink = registry.addSink({
      kind: "thingsboard-device",
      name: "tb",
      url: "mqtts://tb:8883",
    });
    expect(sink).toEqual({
      id: 1,
      name: "tb",
      paused: false,
      kind: "thingsboard-device",
      url: "mqtts://tb:8883",
      tls: undefined,
    });
    expect(
      codeOf(() =>
        registry.addSink({ kind: "thingsboard-device", name: "t2", url: "mqtt://token@tb" }),
      ),
    ).toBe("registry/invalid");
  });

  test("a URL of another kind is refused", () => {
    for (const url of ["http://x", "broker:1883", "", "mqtt://"]) {
      expect(problemOf(() => registry.addSink({ kind: "mqtt", name: "s", url }))).toMatchObject({
        code: "registry/invalid",
        params: { field: "url" },
      });
    }
  });

  test("sinks pause, resume and go with their secrets", () => {
    registry.addSink({ kind: "mqtt", name: "s", url: "mqtt://h", password: "p" });
    expect(registry.pauseSink("s").paused).toBe(true);
    expect(registry.resumeSink("s").paused).toBe(false);
    registry.removeSink("s");
    expect(registry.sinks()).toEqual([]);
    expect(vault.has("sink:1", "password")).toBe(false);
    expect(codeOf(() => registry.sink("s"))).toBe("registry/no-such-sink");
  });
});

describe("changes", () => {
  test("listeners hear of own changes at once and of another process's within half a second", async () => {
    let heard = 0;
    using _listening = registry.onChange(() => heard++);
    registry.addMeter({ name: "a", endpoint });
    expect(heard).toBe(0);
    await Promise.resolve();
    expect(heard).toBe(1);
    using other = openRegistry({ directory, vault, clock });
    other.pauseMeter("a");
    clock.advance(500);
    expect(heard).toBe(2);
    expect(registry.meters()[0]?.paused).toBe(true);
    clock.advance(500);
    expect(heard).toBe(2);
  });

  test("several changes as one are told once, and leave nothing when one fails", async () => {
    let heard = 0;
    using _listening = registry.onChange(() => heard++);
    const before = registry.revision;
    registry.change(() => {
      registry.addMeter({ name: "a", endpoint });
      registry.addMeter({ name: "b", endpoint, address: { lower: 2 } });
      expect(registry.meters()).toHaveLength(2);
    });
    await Promise.resolve();
    expect(heard).toBe(1);
    expect(registry.revision).toBeGreaterThan(before);
    expect(() =>
      registry.change(() => {
        registry.removeMeter("a");
        registry.addMeter({ name: "b", endpoint });
      }),
    ).toThrow();
    expect(registry.meters().map(({ name }) => name)).toEqual(["a", "b"]);
    registry.change(() => {
      registry.removeMeter("a");
      expect(codeOf(() => registry.addMeter({ name: "b", endpoint }))).toBe("registry/name-taken");
    });
    expect(registry.meters().map(({ name }) => name)).toEqual(["b"]);
  });

  test("no timer is left when nobody listens", () => {
    const listening = registry.onChange(() => {});
    expect(clock.timers).toHaveLength(1);
    listening[Symbol.dispose]();
    expect(clock.timers).toHaveLength(0);
  });
});
