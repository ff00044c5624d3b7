/** What people may ask the registry to hold, as zod schemas. The registry checks every draft. */
import { mechanismNames } from "@lectura/dlms/security";
import { z } from "zod";
import { GatewayError } from "../errors.ts";
import type { LineDraft, MeterDraft, SinkDraft } from "./draft.ts";
import { associationSettings, associationSettingsEdit } from "./association-settings.ts";
import { scalerCorrections, scalerCorrectionsEdit } from "./scaler-corrections.ts";
import { defaultFraming, modeEOf } from "./line-endpoint.ts";
import type { Template } from "./model.ts";

/** Items of one reading plan. */
const planItemsMax = 256;
const dayMs = 86_400_000;

const name = z.string().max(64);
const host = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[A-Za-z0-9._:%[\]-]+$/, "must be a host name or an address");
const port = z.int().min(1).max(65_535);
const tls = z.strictObject({
  caFile: z.string().optional(),
  certificateFile: z.string().optional(),
  keyFile: z.string().optional(),
  serverName: z.string().optional(),
});
const baud = z.int().min(50).max(4_000_000);
const modeE = z.strictObject({
  /** IEC 62056-21 6.3.1. */
  address: z
    .string()
    .regex(/^[A-Za-z0-9 ]{1,32}$/, "must be 1 to 32 letters and digits")
    .optional(),
  baudMax: baud.optional(),
  startBaud: baud.optional(),
  parityInOctets: z.boolean().optional(),
  wakeUp: z.boolean().optional(),
});
const endpoint = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("tcp"),
    host,
    port,
    tls: tls.optional(),
    modeE: modeE.optional(),
  }),
  z.strictObject({ kind: z.literal("udp"), host, port }),
  z.strictObject({
    kind: z.literal("serial"),
    path: z.string().min(1).max(255),
    baudRate: baud.optional(),
    dataBits: z.union([z.literal(7), z.literal(8)]).optional(),
    parity: z.enum(["none", "even", "odd"]).optional(),
    stopBits: z.union([z.literal(1), z.literal(2)]).optional(),
    rs485: z.enum(["rts", "rts-inverted"]).optional(),
    modeE: modeE.optional(),
  }),
  z.strictObject({
    kind: z.literal("listen"),
    host,
    port,
    identity: z.discriminatedUnion("by", [
      z.strictObject({ by: z.literal("address"), address: host }),
      z.strictObject({ by: z.literal("name"), name: z.string().min(1).max(64) }),
      z.strictObject({
        by: z.literal("octets"),
        octets: z.string().regex(/^(?:[0-9a-fA-F]{2}){1,64}$/, "must be 1 to 64 octets in hex"),
      }),
    ]),
  }),
]);
const framing = z.enum(["hdlc", "wrapper", "auto"]);
const timeoutMs = z.int().min(10).max(600_000);

const lineFields = {
  name: name.optional(),
  endpoint,
  framing: framing.optional(),
  gapMs: z.int().min(0).max(60_000).optional(),
  connectTimeoutMs: timeoutMs.optional(),
  responseTimeoutMs: timeoutMs.optional(),
};
const lineDraft = z.strictObject(lineFields);

const size = z.union([z.literal(1), z.literal(2), z.literal(4), z.literal("auto")]);
const authentication = z.enum(mechanismNames);
const referencing = z.enum(["ln", "sn"]);
const quirks = z.strictObject({
  invokeIdAlwaysOne: z.boolean().optional(),
  skipRelease: z.boolean().optional(),
  noSnrmParameters: z.boolean().optional(),
  noGetWithList: z.boolean().optional(),
});
const sap = z.int().min(0).max(0xffff);
const title = z.string().regex(/^[0-9a-fA-F]{16}$/, "must have 16 hexadecimal digits");
const security = z.strictObject({
  suite: z.union([z.literal(0), z.literal(1), z.literal(2)]).optional(),
  protection: z.enum(["none", "authenticated", "encrypted", "authenticated-encrypted"]).optional(),
  cipheredContext: z.boolean().optional(),
  form: z.enum(["service", "general"]).optional(),
  dedicatedKey: z.boolean().optional(),
  clientSystemTitle: title.optional(),
  serverSystemTitle: title.optional(),
  challengeOctets: z.int().min(8).max(64).optional(),
  counterObject: z
    .string()
    .regex(/^(?:\d{1,3}\.){5}\d{1,3}$/, "must be six numbers with dots: 0.0.43.1.0.255")
    .optional(),
  counterStep: z.int().min(0).max(0xffff).optional(),
  publicClientSap: sap.optional(),
});
const hexKey = z
  .string()
  .max(512)
  .regex(/^(?:[0-9a-fA-F]{2})*$/, "must be hexadecimal, two digits an octet");
const securityKeys = z.strictObject({
  guek: hexKey.optional(),
  gbek: hexKey.optional(),
  gak: hexKey.optional(),
  kek: hexKey.optional(),
  hlsSecret: hexKey.optional(),
  signing: hexKey.optional(),
  serverSigning: hexKey.optional(),
});
const reference = z.union([z.string(), z.int()]);
const keys = z.array(z.string().min(1).max(128)).min(1).max(planItemsMax);
const intervalMs = z.int().min(100).max(dayMs);
const secret = z.string().max(16_384);

const meterDraft = z.strictObject({
  name,
  line: reference.optional(),
  endpoint: endpoint.optional(),
  framing: framing.optional(),
  template: z.string().optional(),
  address: z
    .strictObject({ size: size.optional(), upper: sap.optional(), lower: sap.optional() })
    .optional(),
  clientSap: sap.optional(),
  authentication: authentication.optional(),
  referencing: referencing.optional(),
  quirks: quirks.optional(),
  settings: associationSettingsEdit.optional(),
  scalers: scalerCorrectionsEdit.optional(),
  security: security.optional(),
  password: secret.optional(),
  securityKeys: securityKeys.optional(),
  invocationCounter: z.int().min(0).max(0xffff_ffff).optional(),
  thingsBoardToken: secret.optional(),
  keys: keys.optional(),
  intervalMs: intervalMs.optional(),
});

const url = z.string().max(2048);
/** MQTT 3.1.1, 4.7: a topic name to publish on has no wildcards and no NUL. */
const topic = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^[^+#\u0000]+$/, "must not contain + or #");
const sinkDraft = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("mqtt"),
    name,
    url,
    tls: tls.optional(),
    username: z.string().max(256).optional(),
    password: secret.optional(),
    clientId: z.string().max(256).optional(),
    topic: topic.optional(),
    statusTopic: topic.optional(),
    format: z.enum(["original", "flat", "senml"]).optional(),
    retain: z.boolean().optional(),
  }),
  z.strictObject({
    kind: z.literal("thingsboard-device"),
    name,
    url,
    tls: tls.optional(),
  }),
]);

const template = z.strictObject({
  name,
  description: z.string().max(500),
  address: z.strictObject({ size, upper: sap, lower: sap }),
  association: z.strictObject({
    clientSap: sap,
    authentication,
    referencing: referencing.optional(),
    security: security.optional(),
    quirks,
    settings: associationSettings.optional(),
  }),
  plan: z.strictObject({ intervalMs, keys, scalers: scalerCorrections.optional() }),
  channel: z.int().min(0).max(255).optional(),
});

function check(schema: z.ZodType, draft: unknown): void {
  const result = schema.safeParse(draft);
  if (result.success) return;
  const issue = result.error.issues[0];
  const field = issue?.path.join(".") ?? "";
  const problem = issue?.message ?? "is invalid";
  throw invalid(field === "" ? "draft" : field, problem);
}

/** A field of a draft that cannot be. Never quotes the value: it may be a secret. */
export function invalid(field: string, problem: string): GatewayError {
  return new GatewayError("registry/invalid", `${field}: ${problem}`, {
    params: { field, problem },
  });
}

/** @throws {GatewayError} `registry/invalid` */
export function checkLineDraft(draft: LineDraft): void {
  check(lineDraft, draft);
  const { endpoint: way, framing: wanted = defaultFraming(way) } = draft;
  if (way.kind === "udp" && wanted !== "wrapper") throw invalid("framing", "is wrapper over UDP");
  if (modeEOf(way) !== undefined && wanted !== "hdlc") {
    throw invalid("framing", "is hdlc behind a sign-on of mode E");
  }
}

/** @throws {GatewayError} `registry/invalid` */
export function checkMeterDraft(draft: MeterDraft): void {
  check(meterDraft, draft);
}

/** Takes what an edit left of a draft; types are checked here. @throws {GatewayError} */
export function checkSinkDraft(draft: unknown): SinkDraft {
  check(sinkDraft, draft);
  return draft as SinkDraft;
}

/** @throws {GatewayError} `registry/invalid` */
export function checkTemplate(document: unknown): Template {
  check(template, document);
  return document as Template;
}

const meterName = /^[A-Za-z0-9._ -]{1,64}$/;
/** Lines are named `host:port` unless somebody names them. */
const lineName = /^[A-Za-z0-9._ :-]{1,64}$/;

/** @throws {GatewayError} `registry/bad-name` */
export function checkName(kind: "line" | "meter" | "sink" | "template", text: string): void {
  const pattern = kind === "line" ? lineName : meterName;
  if (pattern.test(text) && text.trim() === text) return;
  throw new GatewayError(
    "registry/bad-name",
    `"${text}" cannot name a ${kind}; use 1 to 64 letters, digits, dots, hyphens and blanks`,
    { params: { name: text, kind } },
  );
}
