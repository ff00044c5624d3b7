import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { ProtocolError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import { Secret } from "../security/secret.ts";
import {
  type AssociationCommand,
  type AssociationState,
  closedAssociation,
  stepAssociation,
} from "./association.ts";
import { AssociationError } from "./association-error.ts";
import {
  type AssociationProfile,
  clientConformance,
  shortNameConformance,
  standardQuirks,
} from "./association-profile.ts";
import type { ApduProtection, HlsContext, HlsFunctions } from "./authentication.ts";
import { exchangeContext } from "./exchange-context.ts";

const publicProfile: AssociationProfile = {
  authentication: { mechanism: "none" },
  conformance: clientConformance,
  maxPduOctets: 1200,
  quirks: standardQuirks,
};
const lls = (password: string): AssociationProfile => ({
  ...publicProfile,
  authentication: { mechanism: "lls", password: Secret.fromText(password) },
});

const initiateResponse = "BE10040E 0800065F1F0400 00301D 1900 0007";
const context = "A109 0607 60857405080101";
/** AARE with a result, a diagnostic and what follows, its length counted. */
const aare = (result: string, diagnostic: string, rest: string, source = "A1"): Uint8Array => {
  const body = `${context} A20302 01${result} A305 ${source}0302 01${diagnostic} ${rest}`;
  const octets = fromHex(body);
  return Uint8Array.of(0x61, octets.length, ...octets);
};
const accepted = aare("00", "00", initiateResponse);

const awaiting: AssociationState = { at: "awaiting-aare" };
const take = (
  apdu: Uint8Array | string,
  profile = publicProfile,
  state: AssociationState = awaiting,
): ReturnType<typeof stepAssociation> => {
  const octets = typeof apdu === "string" ? fromHex(apdu) : apdu;
  return stepAssociation(state, { type: "apdu", apdu: octets }, profile);
};
const failure = (command: AssociationCommand): unknown =>
  command.type === "failed" ? command.error : command.type;
const sent = (command: AssociationCommand): string =>
  command.type === "send" ? toHex(command.apdu) : command.type;

describe("AARQ", () => {
  test("names no mechanism for the public client", () => {
    const { state, command } = stepAssociation(closedAssociation, { type: "open" }, publicProfile);
    expect(state).toEqual(awaiting);
    expect(sent(command)).toBe("601da109060760857405080101be10040e01000000065f1f0400007e1f04b0");
    expect(command).toMatchObject({ sensitive: false });
  });

  test("carries an LLS password of eight octets as the recorded frame does", () => {
    const { command } = stepAssociation(closedAssociation, { type: "open" }, lls("22222222"));
    expect(sent(command)).toBe(
      "6036a1090607608574050801018a0207808b0760857405080201ac0a80083232323232323232" +
        "be10040e01000000065f1f0400007e1f04b0",
    );
    expect(command).toMatchObject({ sensitive: true });
  });

  test("counts its lengths for a password of any length", () => {
    for (const length of [0, 1, 10, 16, 100, 127, 128, 300]) {
      const { command } = stepAssociation(
        closedAssociation,
        { type: "open" },
        lls("x".repeat(length)),
      );
      const octets = command.type === "send" ? command.apdu : new Uint8Array(0);
      const lengthOctets = octets[1]! < 0x80 ? 0 : octets[1]! - 0x80;
      let declared = lengthOctets === 0 ? octets[1]! : 0;
      for (let at = 2; at < 2 + lengthOctets; at++) declared = declared * 256 + octets[at]!;
      expect(declared).toBe(octets.length - 2 - lengthOctets);
    }
  });

  test("carries user id, proposed conformance and system title where the profile has them", () => {
    const profile: AssociationProfile = {
      ...publicProfile,
      userId: 5,
      conformance: ["get"],
      protection: fakeProtection(),
    };
    const { command } = stepAssociation(closedAssociation, { type: "open" }, profile);
    expect(sent(command)).toBe(
      "6030a109060760857405080103a60a04084c43540000000001a903020105" +
        "be120410e001000000065f1f0400" +
        "00001004b0aa",
    );
  });
});

describe("AARE", () => {
  test("that accepts opens the association with what was agreed", () => {
    const { state, command } = take(accepted);
    expect(state.at).toBe("associated");
    expect(command).toMatchObject({
      type: "associated",
      outcome: { maxPduOctets: 6400, result: 0, diagnostic: "null", vaaName: 7 },
    });
    if (command.type !== "associated") throw new Error("not associated");
    expect([...command.outcome.conformance]).toEqual([
      "attribute0-get",
      "block-transfer-get-or-read",
      "get",
      "set",
      "selective-access",
      "action",
    ]);
  });

  test("leaves conformance to the profile where that says otherwise", () => {
    const profile = { ...publicProfile, conformanceAssumed: ["block-transfer-action"] as const };
    const { command } = take(accepted, profile);
    if (command.type !== "associated") throw new Error("not associated");
    expect(exchangeContext(command.outcome, profile)).toMatchObject({
      blockAction: true,
      blockSet: false,
      sendOctetsMax: 6400,
    });
  });

  test("with a max PDU below the least there is stands for no limit", () => {
    const { command } = take(aare("00", "00", "BE10040E 0800065F1F0400 00301D 0004 0007"));
    if (command.type !== "associated") throw new Error("not associated");
    expect(command.outcome.maxPduOctets).toBe(0);
    expect(exchangeContext(command.outcome, publicProfile).sendOctetsMax).toBe(65_535);
  });

  test.each([
    ["01", "0D", "A1", "acse/authentication-failed", "hold-credential", "authentication-failure"],
    ["02", "0D", "A1", "acse/authentication-failed", "hold-credential", "authentication-failure"],
    ["01", "01", "A1", "acse/rejected", "operator", "no-reason-given"],
    ["02", "01", "A1", "acse/rejected-transient", "pause", "no-reason-given"],
    [
      "01",
      "02",
      "A1",
      "acse/context-not-supported",
      "operator",
      "application-context-name-not-supported",
    ],
    [
      "01",
      "0B",
      "A1",
      "acse/mechanism-not-supported",
      "operator",
      "authentication-mechanism-name-not-recognised",
    ],
    [
      "01",
      "0C",
      "A1",
      "acse/authentication-required",
      "operator",
      "authentication-mechanism-name-required",
    ],
    ["01", "0E", "A1", "acse/authentication-required", "operator", "authentication-required"],
    ["00", "0E", "A1", "acse/authentication-required", "operator", "authentication-required"],
    ["01", "02", "A2", "acse/rejected", "operator", "no-common-acse-version"],
    ["01", "63", "A1", "acse/rejected", "operator", "other-99"],
  ] as const)(
    "with result %s and diagnostic %s of %s is %s",
    (result, diagnostic, source, code, recovery, name) => {
      const { state, command } = take(aare(result, diagnostic, initiateResponse, source));
      expect(state).toEqual(closedAssociation);
      const error = failure(command);
      expect(error).toBeInstanceOf(AssociationError);
      expect(error).toMatchObject({ code, recovery, diagnostic: name, result: Number(result) });
    },
  );

  test("is understood without user-information when it rejects", () => {
    expect(failure(take(aare("01", "0D", "")).command)).toMatchObject({
      code: "acse/authentication-failed",
      serviceError: undefined,
    });
  });

  test("names the confirmedServiceError in its user-information", () => {
    const { command } = take(aare("01", "00", "BE060404 0E010604"));
    expect(failure(command)).toMatchObject({
      code: "acse/initiate-refused",
      serviceError: "initiate: initiate, refused-by-the-vde-handler",
    });
    expect(failure(take(aare("00", "00", "BE060404 0E010603")).command)).toMatchObject({
      code: "acse/initiate-refused",
    });
  });

  test("that accepts without InitiateResponse is not accepted", () => {
    expect(failure(take(aare("00", "00", "")).command)).toMatchObject({ code: "acse/unexpected" });
  });

  test("answered by exception-response means the association before is still open", () => {
    expect(failure(take("D80101").command)).toMatchObject({
      code: "acse/already-associated",
      recovery: "pause",
      response: { stateError: "service-not-allowed", serviceError: "operation-not-possible" },
    });
  });

  test("answered by a bare confirmedServiceError is refused by name", () => {
    expect(failure(take("0E010601").command)).toMatchObject({
      code: "acse/initiate-refused",
      response: { error: 1 },
    });
  });

  test("is waited for while something earlier comes", () => {
    for (const early of ["C401C10009083132", "63038001 00", "0F00", "00", ""]) {
      expect(take(early)).toEqual({ state: awaiting, command: { type: "stale" } });
    }
  });

  test("that does not come is a failure of its own", () => {
    const { command } = stepAssociation(awaiting, { type: "silence" }, publicProfile);
    expect(failure(command)).toMatchObject({ code: "acse/no-answer", recovery: "reopen-session" });
  });

  test("cut anywhere is not accepted, changed anyhow never throws", () => {
    for (let length = 1; length < accepted.length; length++) {
      expect(take(accepted.subarray(0, length)).command.type).toBe("failed");
    }
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        fc.constantFrom(0x61, 0xd8, 0x0e),
        (rest, tag) => {
          const { command } = take(Uint8Array.of(tag, ...rest));
          expect(["failed", "associated"]).toContain(command.type);
        },
      ),
    );
  });
});

describe("HLS", () => {
  const seen: HlsContext[] = [];
  const hls: HlsFunctions = {
    challenge: fromHex("0102030405060708"),
    reply: (hlsContext) => {
      seen.push(hlsContext);
      return fromHex("AABB");
    },
    verify: (answer) => toHex(answer) === "ccdd",
  };
  const profile: AssociationProfile = {
    ...publicProfile,
    authentication: { mechanism: "hls-md5", hls },
  };
  const challenge = "AA0A8008 1112131415161718";
  const goesOn = aare("00", "0E", `8802 0780 8907 60857405080203 ${challenge} ${initiateResponse}`);

  test("sends the challenge in the AARQ", () => {
    const { command } = stepAssociation(closedAssociation, { type: "open" }, profile);
    expect(sent(command)).toContain("8b0760857405080203ac0a80080102030405060708");
    expect(command).toMatchObject({ sensitive: true });
  });

  test("answers the meter's challenge by pass 3 and opens on a right pass 4", () => {
    const third = take(goesOn, profile);
    expect(sent(third.command)).toBe("c301c1000f0000280000ff01010902aabb");
    expect(third.command).toMatchObject({ sensitive: true });
    expect(toHex(seen.at(-1)!.serverToClient)).toBe("1112131415161718");
    const late = take(goesOn, profile, third.state);
    expect(late.command).toEqual({ type: "stale" });
    const fourth = take("C701C100 0100 0902CCDD", profile, third.state);
    expect(fourth.command).toMatchObject({
      type: "associated",
      outcome: { diagnostic: "authentication-required" },
    });
    expect(fourth.state.at).toBe("associated");
  });

  test.each([
    ["a wrong proof", "C701C100 0100 0902CCDE"],
    ["a proof of another type", "C701C100 0100 120001"],
    ["no proof", "C701C100 00"],
    ["a refusal", "C701C103 00"],
    ["an error instead of a proof", "C701C100 0101 03"],
    ["an exception-response", "D80101"],
    ["an APDU cut short", "C701C1"],
  ])("ends on %s with one typed error", (_, answer) => {
    const { state } = take(goesOn, profile);
    const { command, state: after } = take(answer, profile, state);
    expect(after).toEqual(closedAssociation);
    expect(failure(command)).toMatchObject({
      code: "acse/authentication-failed",
      recovery: "hold-credential",
    });
  });

  test("is not taken for done by a meter that sends no challenge", () => {
    expect(failure(take(accepted, profile).command)).toMatchObject({ code: "acse/unexpected" });
  });

  test("pass 4 that does not come is a failure of its own", () => {
    const { state } = take(goesOn, profile);
    const { command } = stepAssociation(state, { type: "silence" }, profile);
    expect(failure(command)).toMatchObject({ code: "acse/no-answer" });
  });
});

describe("ciphering", () => {
  test("goes through the protection: InitiateRequest, InitiateResponse, pass 3, release", () => {
    const protection = fakeProtection();
    const profile = { ...publicProfile, protection };
    const ciphered = aare(
      "00",
      "00",
      "A40A0408 4D45540000000001 BE120410 E0 0800065F1F0400 00301D 1900 0007 AA",
    );
    const { state, command } = take(ciphered, profile);
    expect(command.type).toBe("associated");
    expect(toHex(protection.titles[0]!)).toBe("4d45540000000001");
    const release = stepAssociation(state, { type: "release" }, profile);
    expect(sent(release.command)).toBe("6217800100be120410e001000000065f1f0400007e1f04b0aa");
  });

  test("refused by the protection refuses the association", () => {
    const profile = { ...publicProfile, protection: fakeProtection() };
    const { command } = take(accepted, profile);
    expect(failure(command)).toMatchObject({ code: "security/policy" });
  });

  test("takes its octets off what a request may have", () => {
    const profile = { ...publicProfile, protection: fakeProtection() };
    const outcome = { conformance: new Set<never>(), result: 0, diagnostic: "null", vaaName: 7 };
    expect(exchangeContext({ ...outcome, maxPduOctets: 500 }, profile).sendOctetsMax).toBe(498);
  });
});

describe("release", () => {
  const { state: associated } = take(accepted);

  test("sends RLRQ and ends on RLRE, or on the meter's word that it knows none", () => {
    const { state, command } = stepAssociation(associated, { type: "release" }, publicProfile);
    expect(sent(command)).toBe("6203800100");
    for (const answer of ["6303800100", "6300", "D80102", "0E010600"]) {
      const released = take(answer, publicProfile, state);
      expect(released).toEqual({ state: closedAssociation, command: { type: "released" } });
    }
    expect(take("C401C10100", publicProfile, state).command).toEqual({ type: "stale" });
    expect(stepAssociation(state, { type: "silence" }, publicProfile).command).toEqual({
      type: "released",
    });
  });

  test("is ignored where nothing is open", () => {
    for (const state of [closedAssociation, awaiting]) {
      expect(stepAssociation(state, { type: "release" }, publicProfile).command).toEqual({
        type: "stale",
      });
    }
  });
});

/** Marks what it protects by E0 and AA around it; refuses what is not marked. */
function fakeProtection(): ApduProtection & { readonly titles: Uint8Array[] } {
  const titles: Uint8Array[] = [];
  return {
    titles,
    clientSystemTitle: fromHex("4C43540000000001"),
    overheadOctets: 2,
    acceptServerSystemTitle: (title) => void titles.push(title),
    reserve: () => undefined,
    protect: (apdu) => Uint8Array.of(0xe0, ...apdu, 0xaa),
    unprotect: (apdu) => {
      if (apdu[0] !== 0xe0) throw new ProtocolError("security/policy", "plain");
      return apdu.subarray(1, -1);
    },
  };
}

describe("short names", () => {
  const profile: AssociationProfile = {
    ...publicProfile,
    referencing: "sn",
    conformance: shortNameConformance,
  };
  const shortContext = "A109 0607 60857405080102";
  const hlsOf = (verify: boolean): AssociationProfile => ({
    ...profile,
    authentication: {
      mechanism: "hls-md5",
      hls: {
        challenge: fromHex("4142434445464748"),
        reply: ({ serverToClient }) => serverToClient.toReversed(),
        verify: () => verify,
      },
    },
  });
  const body = `${shortContext} A203020100 A305A10302010E 88020780 890760857405080203
    AA0A80083132333435363738 BE10040E 0800065F1F0400 1C0320 0190 FA00`;
  const challenge = Uint8Array.of(0x61, fromHex(body).length, ...fromHex(body));
  const pass3 = take(challenge, hlsOf(true));

  test("are a context of their own", () => {
    const { command } = stepAssociation(closedAssociation, { type: "open" }, profile);
    expect(sent(command)).toBe("601da109060760857405080102be10040e01000000065f1f04001c1b2004b0");
  });

  test("call reply_to_HLS_authentication by READ at the base name the meter answers", () => {
    expect(sent(pass3.command)).toBe("050104fa580109083837363534333231");
    expect(pass3.command).toMatchObject({ sensitive: true });
    const { command } = take("0c0100 0902 abcd", hlsOf(true), pass3.state);
    expect(command).toMatchObject({ type: "associated", outcome: { vaaName: 0xfa00 } });
  });

  test.each([
    ["a wrong proof", "0c0100 0902 abcd", false],
    ["a refusal", "0c010103", true],
    ["nothing", "0c00", true],
    ["an exception-response", "d80101", true],
    ["what does not decode", "0c0100", true],
  ])("answered by %s are an authentication that failed", (_name, apdu, verify) => {
    const { command } = take(apdu, hlsOf(verify), pass3.state);
    expect(failure(command)).toMatchObject({ code: "acse/authentication-failed" });
  });
});
