/** Follows a recorded dialogue, so that what is ciphered opens and what is proved is checked. */
import type { Aare, Aarq } from "../acse/apdu.ts";
import { decodeAcse } from "../acse/codec.ts";
import { mechanisms } from "../acse/names.ts";
import { DlmsError } from "../error.ts";
import { toHex } from "../octets.ts";
import type { HlsDialogue, HlsRole } from "../security/hls-dialogue.ts";
import { challengeFor, dialogueOctets } from "../security/hls-dialogue.ts";
import { type Apdu, decodeApdu } from "../xdlms/apdu.ts";
import { translateApdu } from "./apdu-tree.ts";
import { translateOrNothing } from "./frame-tree.ts";
import { gmacTree, secretMechanism } from "./hls-tree.ts";
import type { Json, JsonObject } from "./json.ts";
import { curveNamed, type NamedKeys, octetsNamed } from "./key-ring.ts";
import type { TranslationRequest } from "./request.ts";
import { carrierOf, isClosed, openApdu } from "./opened-tree.ts";

const lenient = { emptySystemTitle: true, overdeclaredCipheredLength: true } as const;
const associationClass = 15;

/** What a dialogue has said so far. */
interface Said {
  clientSystemTitle: Uint8Array | undefined;
  serverSystemTitle: Uint8Array | undefined;
  clientToServer: Uint8Array | undefined;
  serverToClient: Uint8Array | undefined;
  mechanism: number | undefined;
  dedicatedKey: string | undefined;
}

/** Reads the APDUs of one dialogue in order; never throws for what they are. */
export class SessionReader {
  readonly #keys: NamedKeys;
  readonly #crypto: TranslationRequest["crypto"];
  readonly #said: Said;
  #awaitsPass4 = false;

  constructor({ keys, crypto }: Pick<TranslationRequest, "keys" | "crypto">) {
    this.#keys = keys;
    this.#crypto = crypto;
    this.#said = {
      clientSystemTitle: octetsNamed(keys, "client_system_title"),
      serverSystemTitle: octetsNamed(keys, "server_system_title"),
      clientToServer: undefined,
      serverToClient: undefined,
      mechanism: undefined,
      dedicatedKey: undefined,
    };
  }

  /** Titles and challenges, as far as they were said. */
  get revealed(): JsonObject {
    const said = this.#said;
    const hex = (octets: Uint8Array | undefined): string | undefined =>
      octets === undefined ? undefined : toHex(octets);
    return {
      client_system_title: hex(said.clientSystemTitle),
      server_system_title: hex(said.serverSystemTitle),
      CtoS: hex(said.clientToServer),
      StoC: hex(said.serverToClient),
    };
  }

  /** Members of one step that carries a whole APDU. */
  read(direction: "tx" | "rx", apdu: Uint8Array): JsonObject {
    const base = { apdu_hex: toHex(apdu) };
    const outer = translateOrNothing(
      (octets) => translateApdu(octets, { leniency: lenient }),
      apdu,
    );
    this.#listen(apdu);
    const opened = this.#open(direction, apdu);
    if (opened === undefined)
      return { ...base, decoded: outer, acse: acseOf(outer), ...this.#hls(apdu) };
    const { plaintext, quirk } = opened;
    const decoded = translateOrNothing(translateApdu, plaintext);
    this.#learnDedicatedKey(decoded);
    return {
      ...base,
      quirk,
      plaintext: toHex(plaintext),
      decoded,
      acse: acseOf(outer),
      ...this.#hls(plaintext),
    };
  }

  #listen(apdu: Uint8Array): void {
    if (apdu[0] !== 0x60 && apdu[0] !== 0x61) return;
    const acse = orNothing(() => decodeAcse(apdu));
    const said = this.#said;
    if (acse?.kind === "aarq") {
      said.clientSystemTitle = acse.callingApTitle ?? said.clientSystemTitle;
      said.clientToServer = acse.authenticationValue ?? said.clientToServer;
      said.mechanism = mechanismNumber(acse) ?? said.mechanism;
    } else if (acse?.kind === "aare") {
      said.serverSystemTitle = acse.respondingApTitle ?? said.serverSystemTitle;
      said.serverToClient = acse.authenticationValue ?? said.serverToClient;
    }
  }

  #open(
    direction: "tx" | "rx",
    apdu: Uint8Array,
  ): { readonly plaintext: Uint8Array; readonly quirk?: JsonObject } | undefined {
    if (this.#crypto === undefined) return undefined;
    return orNothing(() => {
      const { closed } = carrierOf(apdu);
      const envelope = decodeApdu(closed, lenient);
      if (!isClosed(envelope)) return undefined;
      const { clientSystemTitle, serverSystemTitle, dedicatedKey } = this.#said;
      const sender = direction === "tx" ? clientSystemTitle : serverSystemTitle;
      const dedicated = dedicatedKey === undefined ? {} : { dedicated: dedicatedKey };
      const { plaintext } = openApdu(envelope, {
        crypto: this.#crypto,
        keys: { ...this.#keys, ...dedicated },
        required: "none",
        ...(sender === undefined ? {} : { sender }),
      });
      const quirk = quirkOf(envelope);
      return quirk === undefined ? { plaintext } : { plaintext, quirk };
    });
  }

  #learnDedicatedKey(decoded: Json | undefined): void {
    const key = memberOf(decoded, "dedicated_key");
    if (typeof key === "string") this.#said.dedicatedKey = key;
  }

  /** Passes 3 and 4: a call and an answer of the association's own method 1. */
  #hls(plain: Uint8Array): JsonObject {
    const { clientToServer, serverToClient } = this.#said;
    if (clientToServer === undefined || serverToClient === undefined) return {};
    const apdu = orNothing(() => decodeApdu(plain));
    const found = apdu === undefined ? undefined : proofOf(apdu);
    if (found === undefined) return {};
    const { role, proof } = found;
    const expected = role === "client" || this.#awaitsPass4;
    this.#awaitsPass4 = role === "client";
    if (!expected) return {};
    const dialogue = { ...this.#said, clientToServer, serverToClient };
    const title = role === "client" ? dialogue.clientSystemTitle : dialogue.serverSystemTitle;
    const checked = orNothing(() => this.#check(role, proof, dialogue));
    return {
      hls: {
        role: role === "client" ? "f(StoC) client->server" : "f(CtoS) server->client",
        challenge: toHex(challengeFor(role, dialogue)),
        system_title: title === undefined ? undefined : toHex(title),
        ...checked,
      },
    };
  }

  #check(role: HlsRole, proof: Uint8Array, dialogue: HlsDialogue): JsonObject | undefined {
    const crypto = this.#crypto;
    const { mechanism } = this.#said;
    if (crypto === undefined) return undefined;
    const title = role === "client" ? dialogue.clientSystemTitle : dialogue.serverSystemTitle;
    if (mechanism === 5 && title !== undefined) {
      const challenge = challengeFor(role, dialogue);
      const { valid, ...parts } = gmacTree(crypto, this.#keys, proof, challenge, title);
      return { ...parts, verified: valid };
    }
    if (mechanism === 7) {
      const key = octetsNamed(this.#keys, `${role}_public`);
      if (key === undefined) return undefined;
      const message = dialogueOctets(role, dialogue);
      return { verified: crypto.verify(curveNamed(this.#keys), key, message, proof) };
    }
    const secret = octetsNamed(this.#keys, "secret");
    if (secret === undefined || mechanism === 5) return undefined;
    const functions = secretMechanism(crypto, mechanism, secret);
    return { verified: functions.verify(role, proof, dialogue) };
  }
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DlmsError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function mechanismNumber({ mechanism }: Aarq | Aare): number | undefined {
  const found = Object.entries(mechanisms).find(([, name]) => name === mechanism);
  return found === undefined ? undefined : Number(found[0]);
}

function memberOf(tree: Json | undefined, name: string): Json | undefined {
  return tree !== null && typeof tree === "object" && !Array.isArray(tree)
    ? (tree as JsonObject)[name]
    : undefined;
}

/** AARQ and AARE without what they carry for xDLMS. */
function acseOf(tree: Json | undefined): JsonObject | undefined {
  const name = memberOf(tree, "apdu");
  if (name !== "aarq" && name !== "aare") return undefined;
  const { user_information: _carried, ...acse } = tree as JsonObject;
  return acse;
}

function quirkOf(envelope: Apdu): JsonObject | undefined {
  if (!("declaredOctets" in envelope) || envelope.declaredOctets === undefined) return undefined;
  return { declared_length: envelope.declaredOctets, actual_length: envelope.content.length };
}

function proofOf(apdu: Apdu): { readonly role: HlsRole; readonly proof: Uint8Array } | undefined {
  if (apdu.kind === "action-request" && apdu.type === "normal") {
    const { method, parameters } = apdu;
    const asked = method.classId === associationClass && method.methodId === 1;
    return asked && parameters?.type === "octet-string"
      ? { role: "client", proof: parameters.value }
      : undefined;
  }
  if (apdu.kind !== "action-response" || apdu.type !== "normal") return undefined;
  const answer = apdu.returned?.ok === true ? apdu.returned.value : undefined;
  return answer?.type === "octet-string" ? { role: "server", proof: answer.value } : undefined;
}
