import { expect, test } from "vitest";
import { PortError, portErrorFrom } from "./port-error.ts";

const system = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code });

test("translates what the operating system says", () => {
  const codes = {
    ECONNREFUSED: "tcp/refused",
    EHOSTUNREACH: "tcp/unreachable",
    ENETUNREACH: "tcp/unreachable",
    ETIMEDOUT: "tcp/timeout",
    ENOTFOUND: "tcp/dns-failed",
    EAI_AGAIN: "tcp/dns-failed",
    ECONNRESET: "tcp/reset",
    EPIPE: "tcp/reset",
    EADDRINUSE: "tcp/address-in-use",
    EACCES: "tcp/not-permitted",
    DEPTH_ZERO_SELF_SIGNED_CERT: "tcp/tls-failed",
    ERR_TLS_CERT_ALTNAME_INVALID: "tcp/tls-failed",
    ERR_SSL_WRONG_VERSION_NUMBER: "tcp/tls-failed",
    EWHATEVER: "tcp/failed",
  };
  for (const [errno, code] of Object.entries(codes)) {
    const error = portErrorFrom(system(errno), "192.0.2.7:4059");
    expect(error.code).toBe(code);
    expect(error.message).toBe(`${code}: 192.0.2.7:4059: ${errno}`);
  }
});

test("takes the first of several addresses' errors, and keeps the cause", () => {
  const all = new AggregateError([system("ECONNREFUSED"), system("ENETUNREACH")]);
  const error = portErrorFrom(all, "meter:4059");
  expect(error.code).toBe("tcp/refused");
  expect(error.cause).toBe(all);
});

test("leaves a port error as it is, and takes anything else as a failure", () => {
  const error = new PortError("tcp/closed", "meter:4059", "closed by the peer");
  expect(portErrorFrom(error, "other")).toBe(error);
  expect(portErrorFrom("odd", "meter:4059").code).toBe("tcp/failed");
});
