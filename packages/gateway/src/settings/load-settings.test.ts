import { inspect } from "node:util";
import { Secret } from "@lectura/dlms/security";
import { describe, expect, test } from "vitest";
import {
  checkSettings,
  loadSettings,
  type SettingsOptions,
  showSettings,
} from "./load-settings.ts";
import { settingNames, settingsJsonSchema } from "./setting-names.ts";

const from = (
  text: string,
  variables: SettingsOptions["variables"] = {},
  files: Readonly<Record<string, string>> = {},
): SettingsOptions => ({
  file: "lectura.yaml",
  variables,
  readFile: (path) => {
    const found = { "lectura.yaml": text, ...files }[path];
    if (found === undefined) throw new Error(`ENOENT: no such file ${path}`);
    return found;
  },
});

function paramsOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    const { code, params } = error as { code: string; params: object };
    return { code, ...params };
  }
  return undefined;
}

describe("settings", () => {
  test("have defaults for everything", () => {
    const settings = loadSettings({ variables: {} });
    expect(settings).toMatchObject({
      dataDir: "./data",
      api: { enabled: true, host: "127.0.0.1", port: 5001 },
      log: { level: "info", file: "" },
      store: { groupCommitMs: 100, retentionDays: 0, outbox: { overflow: "refuse" } },
      poll: { intervalMs: 2000 },
      mqtt: { inFlightMax: 64, username: "" },
    });
    expect(settings.mqtt.password).toBeUndefined();
    expect(loadSettings(from(""))).toEqual(settings);
    expect(loadSettings(from("# nothing yet\n"))).toEqual(settings);
  });

  test("come from the file, and the environment overrules it", () => {
    const text = "api:\n  port: 8080\n  host: 0.0.0.0\nstore:\n  outbox:\n    rowsMax: 7\n";
    const settings = loadSettings(
      from(text, {
        LECTURA_API_PORT: "0",
        LECTURA_API_ENABLED: "no",
        LECTURA_POLL_KEYS: "frequency, voltage_l1",
        LECTURA_STORE_OUTBOX_OVERFLOW: "drop-oldest",
        LECTURA_DATA_DIR: "/var/lib/lectura",
      }),
    );
    expect(settings.api).toEqual({ enabled: false, host: "0.0.0.0", port: 0 });
    expect(settings.store.outbox).toMatchObject({ rowsMax: 7, overflow: "drop-oldest" });
    expect(settings.poll.keys).toEqual(["frequency", "voltage_l1"]);
    expect(settings.dataDir).toBe("/var/lib/lectura");
  });

  test("a mistyped key is named with its line and the nearest known key", () => {
    const text = "# ours\napi:\n  host: localhost\n  prot: 5001\n";
    expect(paramsOf(() => loadSettings(from(text)))).toEqual({
      code: "settings/invalid",
      file: "lectura.yaml",
      line: 4,
      path: "api.prot",
      problem: "there is no such setting",
      nearest: "port",
    });
    expect(paramsOf(() => loadSettings(from("stroe: {}\n")))).toMatchObject({
      line: 1,
      path: "stroe",
      nearest: "store",
    });
  });

  test("a value that cannot be is named with its line", () => {
    const text = "api:\n  port: many\nstore:\n\n  retentionDays: -1\n";
    expect(paramsOf(() => loadSettings(from(text)))).toMatchObject({ line: 2, path: "api.port" });
    expect(
      checkSettings(from(text)).map(({ verdict, line, path }) => [verdict, line, path]),
    ).toEqual([
      ["FAIL", 2, "api.port"],
      ["FAIL", 5, "store.retentionDays"],
    ]);
  });

  test("a wrong variable is named as the place", () => {
    const options = from("api:\n  port: 1\n", { LECTURA_API_PORT: "many" });
    expect(paramsOf(() => loadSettings(options))).toMatchObject({
      file: "LECTURA_API_PORT",
      line: 0,
      path: "api.port",
    });
  });

  test("what YAML refuses is named with its line", () => {
    for (const [text, line] of [
      ["api:\n  port: [\n", 3],
      ["api:\n  port: 1\n  port: 2\n", 3],
      ["- a\n- b\n", 1],
      ["api:\n  port: *nowhere\n", 2],
    ] as const) {
      const problem = paramsOf(() => loadSettings(from(text))) as { line: number; code: string };
      expect(problem.code).toBe("settings/invalid");
      expect(problem.line).toBeLessThanOrEqual(line);
    }
  });

  test("an unknown key of the catalogue is found before a meter is asked for it", () => {
    const text = "poll:\n  keys: [frequency, voltaje_l1]\n";
    expect(paramsOf(() => loadSettings(from(text)))).toMatchObject({
      line: 2,
      path: "poll.keys",
      nearest: expect.stringContaining("voltage_l1"),
    });
  });

  test("a file that is not there is said to be unreadable", () => {
    expect(paramsOf(() => loadSettings({ file: "/nowhere/x.yaml", variables: {} }))).toMatchObject({
      code: "settings/unreadable",
      file: "/nowhere/x.yaml",
    });
  });
});

describe("secrets", () => {
  test("come from a variable or from the file it names, and never print", () => {
    const direct = loadSettings(from("", { LECTURA_MQTT_PASSWORD: "hunter2" }));
    expect(direct.mqtt.password).toEqual(Secret.fromText("hunter2"));
    const options = from(
      "",
      { LECTURA_MQTT_PASSWORD_FILE: "/run/secrets/mqtt" },
      { "/run/secrets/mqtt": "hunter2\n" },
    );
    const settings = loadSettings(options);
    expect(settings.mqtt.password?.reveal()).toEqual(Secret.fromText("hunter2").reveal());
    expect(`${inspect(settings)}${JSON.stringify(settings)}`).not.toContain("hunter2");
    expect(showSettings(settings)).toMatchObject({ mqtt: { password: "[secret]" } });
  });

  test("a secret file that is missing is a problem of its variable", () => {
    const options = from("", { LECTURA_MQTT_PASSWORD_FILE: "/nowhere" });
    expect(paramsOf(() => loadSettings(options))).toMatchObject({
      file: "LECTURA_MQTT_PASSWORD_FILE",
      path: "mqtt.password",
    });
  });

  test("a secret in the settings file is taken, with a warning", () => {
    const rows = checkSettings(from("mqtt:\n  password: hunter2\n  username: ana\n"));
    expect(rows.map(({ verdict, path }) => [verdict, path])).toEqual([
      ["WARN", "mqtt.password"],
      ["PASS", "mqtt.username"],
    ]);
    expect(JSON.stringify(rows)).not.toContain("hunter2");
  });
});

describe("the check", () => {
  test("has a row per setting that is written, and warns of variables nobody reads", () => {
    const rows = checkSettings(
      from("log:\n  level: debug\napi:\n  prot: 1\n", {
        LECTURA_API_HOST: "::1",
        LECTURA_APY_PORT: "1",
        LECTURA_LANG: "es",
        HOME: "/root",
      }),
    );
    expect(rows.map(({ verdict, file, line, path }) => [verdict, file, line, path])).toEqual([
      ["PASS", "lectura.yaml", 2, "log.level"],
      ["FAIL", "lectura.yaml", 4, "api.prot"],
      ["PASS", "LECTURA_API_HOST", 0, "api.host"],
      ["WARN", "LECTURA_APY_PORT", 0, "LECTURA_APY_PORT"],
    ]);
    expect(rows.at(-1)?.nearest).toContain("LECTURA_API_PORT");
  });

  test("of no file and no variables is empty", () => {
    expect(checkSettings({ variables: {} })).toEqual([]);
  });
});

describe("the names", () => {
  test("of every setting are in the schema with a description, a default and a variable", () => {
    const schema = settingsJsonSchema();
    expect(schema).toMatchObject({ type: "object", additionalProperties: false });
    for (const { path, variable, description, isSecret, default: value } of settingNames) {
      expect(variable).toMatch(/^LECTURA_[A-Z_]+$/);
      expect(description, path).not.toBe("");
      expect(value === undefined, path).toBe(isSecret);
    }
    expect(new Set(settingNames.map(({ variable }) => variable)).size).toBe(settingNames.length);
    expect(settingNames.find(({ path }) => path === "store.outbox.rowsMax")).toMatchObject({
      variable: "LECTURA_STORE_OUTBOX_ROWS_MAX",
      type: "integer",
      default: 10_000_000,
    });
  });
});
