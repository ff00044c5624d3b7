import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "@lectura/dlms-node";
import { openVault, type Vault } from "../vault/vault.ts";
import { openRegistry, type Registry } from "./registry.ts";

let directory = "";
let vault: Vault;
let registry: Registry;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "lectura-templates-"));
  vault = openVault(directory);
  registry = openRegistry({ directory, vault, clock: systemClock });
});
afterEach(() => {
  registry[Symbol.dispose]();
  vault[Symbol.dispose]();
  rmSync(directory, { recursive: true, force: true });
});

const endpoint = { kind: "tcp", host: "10.0.0.7", port: 3333 } as const;

function codeOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return undefined;
}

const own = {
  name: "mine",
  description: "",
  address: { size: 4, upper: 1, lower: 17 },
  association: {
    clientSap: 32,
    authentication: "lls",
    quirks: { noGetWithList: true },
    settings: { requestsMax: 30 },
  },
  plan: {
    intervalMs: 1000,
    keys: ["frequency", "4:1.0.1.6.0.255:5"],
    scalers: { "1.0.1.6.0.255": { scaler: 1 } },
  },
} as const;

test("two families are built in, more can be added and removed", () => {
  expect(registry.templates().map(({ name }) => name)).toEqual([
    "microstar",
    "generic-three-phase",
  ]);
  registry.addTemplate(own);
  expect(registry.template("mine")).toEqual(own);
  const meter = registry.addMeter({ name: "m", endpoint, template: "mine" });
  expect(meter.plan.items[1]).toMatchObject({
    key: "4:1.0.1.6.0.255:5",
    classId: 4,
    attributeId: 5,
  });
  expect(meter).toMatchObject({
    association: { settings: { requestsMax: 30 } },
    plan: { scalers: { "1.0.1.6.0.255": { scaler: 1 } } },
  });
  expect(codeOf(() => registry.removeTemplate("mine"))).toBe("registry/template-in-use");
  registry.removeMeter("m");
  registry.removeTemplate("mine");
  expect(codeOf(() => registry.template("mine"))).toBe("registry/no-such-template");
});

test("a built-in template cannot go, a name cannot be taken twice, a plan must be known", () => {
  expect(codeOf(() => registry.removeTemplate("microstar"))).toBe("registry/template-built-in");
  expect(codeOf(() => registry.addTemplate({ ...own, name: "microstar" }))).toBe(
    "registry/name-taken",
  );
  expect(
    codeOf(() => registry.addTemplate({ ...own, plan: { intervalMs: 1000, keys: ["nope"] } })),
  ).toBe("registry/unknown-key");
});
