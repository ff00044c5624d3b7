/** How a simulated meter wants to be spoken to by its management client, and with which keys. */
import { isCiphered, type SecurityMechanism, type SecuritySettings } from "@lectura/dlms-node";
import { type Protection, Secret, type SecuritySuite, suites } from "@lectura/dlms/security";
import { testKeyPairs, testKeys, type TestKeys } from "./test-keys-table.ts";

/** What a fleet may choose; keys follow from it. */
export interface SimulatedSecurity {
  readonly mechanism: SecurityMechanism;
  readonly suite: SecuritySuite;
  /** Of services, both ways; "none" with `cipheredContext` false is a plain association. */
  readonly protection: Protection;
  readonly cipheredContext: boolean;
}

/** A password sent in clear, as the original's meters had it. */
export const plainSecurity: SimulatedSecurity = {
  mechanism: "lls",
  suite: 0,
  protection: "none",
  cipheredContext: false,
};

/** What most secured meters are delivered with. */
export const gmacSecurity: SimulatedSecurity = {
  mechanism: "hls-gmac",
  suite: 0,
  protection: "authenticated-encrypted",
  cipheredContext: true,
};

/** Public associations and LLS share it; the original's meters came with it. */
export const simulatorPassword = "22222222";

/** First three letters of the titles of simulated meters, as of their names. */
const manufacturer = [0x4c, 0x45, 0x43] as const;
/** The client simulated meters are made for; they take any other title too. */
export const clientTitle: Uint8Array = Uint8Array.of(...manufacturer, 0xc1, 0, 0, 0, 1);

/** Whether anything is proved or ciphered beyond a password. */
export function isSecured(security: SimulatedSecurity): boolean {
  return isCiphered(security) || security.mechanism.startsWith("hls-");
}

/** `LEC`, then the meter's number from 1. */
export function serverTitle(index: number): Uint8Array {
  const number = index + 1;
  return Uint8Array.of(...manufacturer, 0, 0, number >>> 16, (number >>> 8) & 0xff, number & 0xff);
}

/**
 * What a client has to know of a simulated meter; without the counter, which is the client's own.
 * TEST KEYS are in it. @throws {RangeError} a mechanism the suite does not have
 */
export function clientSettings(security: SimulatedSecurity, index: number): SecuritySettings {
  const { mechanism, suite, protection, cipheredContext } = security;
  const { curve } = suites[suite];
  if (mechanism === "hls-ecdsa" && curve === undefined) {
    throw new RangeError("hls-ecdsa needs suite 1 or 2");
  }
  const pairs = curve === undefined ? undefined : testKeyPairs[curve];
  const { unicast, broadcast, authentication }: TestKeys = testKeys(suite, index);
  const secured = isSecured(security);
  return {
    mechanism,
    suite,
    protection,
    cipheredContext,
    ...(usesSecret(mechanism) ? { secret: Secret.fromText(simulatorPassword) } : {}),
    ...(secured ? { clientSystemTitle: clientTitle, serverSystemTitle: serverTitle(index) } : {}),
    ...(secured
      ? {
          keys: {
            unicast,
            broadcast,
            authentication,
            ...(pairs === undefined
              ? {}
              : { signing: pairs.client.privateKey, serverSigning: pairs.server.publicKey }),
          },
        }
      : {}),
  };
}

function usesSecret(mechanism: SecurityMechanism): boolean {
  return mechanism !== "none" && mechanism !== "hls-gmac" && mechanism !== "hls-ecdsa";
}
