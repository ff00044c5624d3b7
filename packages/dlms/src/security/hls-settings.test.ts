import { nodeCrypto as crypto } from "@lectura/testkit";
import { expect, test } from "vitest";
import type { ClientAuthentication } from "../client/authentication.ts";
import { clientProtection } from "../client/protection.ts";
import { ApduCiphering } from "./apdu-ciphering.ts";
import { hlsCounterStepMax, hlsGmac } from "./hls.ts";
import { InvocationCounter } from "./invocation-counter.ts";
import { type MechanismName, mechanismStrength } from "./mechanism-strength.ts";
import { Secret } from "./secret.ts";

const keys = {
  unicast: new Secret(new Uint8Array(16).fill(1)),
  authentication: new Secret(new Uint8Array(16).fill(2)),
};
const clientSystemTitle = new Uint8Array(8).fill(3);
const dialogue = {
  clientToServer: new Uint8Array(16).fill(4),
  serverToClient: new Uint8Array(16).fill(5),
  clientSystemTitle,
  serverSystemTitle: new Uint8Array(8).fill(6),
};

test("a proof takes as many counters as it is told, one or more", () => {
  for (const counterStep of [1, 2, hlsCounterStepMax]) {
    const counter = new InvocationCounter({ next: 10 });
    const mechanism = hlsGmac({ crypto, suite: 0, keys, counter, counterStep });
    const proof = mechanism.prove("client", dialogue);
    expect(proof[4]).toBe(10);
    expect(counter.next).toBe(10 + counterStep);
    expect(mechanism.verify("client", proof, dialogue)).toBe(true);
    expect(mechanism.verify("client", proof.with(16, proof[16]! ^ 1), dialogue)).toBe(false);
    expect(mechanism.verify("client", proof.subarray(1), dialogue)).toBe(false);
  }
  const counter = new InvocationCounter({ next: 0 });
  for (const counterStep of [0, 1.5, hlsCounterStepMax + 1]) {
    expect(() => hlsGmac({ crypto, suite: 0, keys, counter, counterStep })).toThrow(RangeError);
  }
});

test("the counters of an opening are reserved before it, those of the proof with them", () => {
  const limits: number[] = [];
  const counter = new InvocationCounter({
    next: 0,
    ahead: 1,
    store: { reserve: (limit) => void limits.push(limit) },
  });
  const ciphering = new ApduCiphering({
    crypto,
    suite: 0,
    ownSystemTitle: clientSystemTitle,
    keys,
    counter,
    protection: "authenticated",
  });
  void clientProtection(ciphering, undefined, 5).reserve();
  expect(limits).toEqual([8]);
});

test("weak mechanisms are told from sound ones, none left out", () => {
  const mechanism = (name: ClientAuthentication["mechanism"]): MechanismName => name;
  expect(mechanismStrength[mechanism("hls-gmac")]).toEqual({ strength: "sound" });
  const weak = Object.entries(mechanismStrength).filter(([, { strength }]) => strength === "weak");
  expect(weak.map(([name]) => name)).toEqual(["lls", "hls-md5", "hls-sha1"]);
  for (const { strength, weakness } of Object.values(mechanismStrength)) {
    expect(weakness === undefined).toBe(strength === "sound");
  }
});
