import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "@lectura/dlms-node";
import { openVault, type Vault } from "../vault/vault.ts";
import { openRegistry, type Registry } from "./registry.ts";

let directory = "";
let vault: Vault;
let registry: Registry;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "lectura-registry-"));
  vault = openVault(directory);
  registry = openRegistry({ directory, vault, clock: systemClock });
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

describe("a line", () => {
  test("of another kind has its own framing, and nobody gets another way than the one asked for", () => {
    const tcp = registry.addLine({ endpoint: { ...endpoint, tls: {} } });
    const udp = registry.addLine({ endpoint: { kind: "udp", host: "10.0.0.7", port: 3333 } });
    const serial = registry.addLine({ endpoint: { kind: "serial", path: "/dev/ttyUSB0" } });
    expect([udp.framing, tcp.framing, serial.framing]).toEqual(["wrapper", "hdlc", "hdlc"]);
    expect(serial.name).toBe("ttyUSB0");
    // Who does not say how gets the line as it is; who says otherwise is told.
    expect(registry.addMeter({ name: "m", endpoint }).lineId).toBe(tcp.id);
    const other = { ...endpoint, tls: { caFile: "/ca.pem" } };
    expect(problemOf(() => registry.addMeter({ name: "n", endpoint: other }))).toEqual({
      code: "registry/endpoint-conflict",
      params: { endpoint: "tls://10.0.0.7:3333", line: "10.0.0.7:3333", setting: "tls" },
    });
    const hdlc = { endpoint: { kind: "udp", host: "h", port: 1 }, framing: "hdlc" } as const;
    expect(codeOf(() => registry.addLine(hdlc))).toBe("registry/invalid");
    const signOn = { kind: "serial", path: "/dev/ttyUSB1", modeE: {} } as const;
    expect(codeOf(() => registry.addLine({ endpoint: signOn, framing: "wrapper" }))).toBe(
      "registry/invalid",
    );
  });

  test("of a listening port is told from its other lines by one question", () => {
    const at = { kind: "listen", host: "0.0.0.0", port: 4060 } as const;
    const byName = (name: string) => ({ ...at, identity: { by: "name", name } }) as const;
    registry.addLine({ endpoint: byName("LEC1") });
    registry.addLine({ endpoint: byName("LEC2") });
    registry.addLine({ endpoint: { ...at, identity: { by: "address", address: "10.0.0.9" } } });
    const octets = { ...at, identity: { by: "octets", octets: "cafe" } } as const;
    expect(codeOf(() => registry.addLine({ endpoint: octets }))).toBe("registry/invalid");
    expect(codeOf(() => registry.addLine({ endpoint: byName("LEC1") }))).toBe(
      "registry/endpoint-taken",
    );
  });
});
