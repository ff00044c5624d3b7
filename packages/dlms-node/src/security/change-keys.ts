/**
 * Key changes over a session (class 64, Blue Book 4.4.7), transactional (R31): what is sent is kept
 * first, what the meter has accepted stays pending until an association has proved it
 * (`resolveKeyChange`). A crash anywhere between loses no key.
 */
import { enumeration } from "@lectura/dlms/axdr";
import { obis, type ObisCode } from "@lectura/dlms/cosem";
import { ProtocolError } from "@lectura/dlms/octets";
import {
  beginKeyAgreement,
  type CryptoPort,
  finishKeyAgreement,
  type KeyAgreementSide,
  keyTransferData,
  type NumberedKey,
  Secret,
  type SecuritySuite,
  suites,
  type TransferredKey,
  transferredKeyIds,
} from "@lectura/dlms/security";
import type { ActionOutcome } from "@lectura/dlms/xdlms";
import { nodeCrypto } from "../crypto/node-crypto.ts";
import type { RequestOptions, Session } from "../session/session.ts";
import { KeyChangeError } from "./key-change-error.ts";
import type { KeyStore, PendingKeyChange, StoredKeys } from "./key-store.ts";

/** What every change of keys or policy needs. */
export interface SecuritySetupTarget {
  readonly session: Pick<Session, "action">;
  /** Absent = 0.0.43.0.0.255. */
  readonly securitySetup?: ObisCode;
  readonly request?: RequestOptions;
}

/** Which keys are transferred, and where they are kept. */
export interface TransferKeysOptions extends SecuritySetupTarget {
  readonly store: KeyStore;
  readonly suite: SecuritySuite;
  /** Keys to change. */
  readonly names: readonly TransferredKey[];
  /** Absent: fresh ones. */
  readonly keys?: Partial<Record<TransferredKey, Secret>>;
  /** Absent: the platform's. */
  readonly crypto?: CryptoPort;
}

const classId = 64;
const defaultSetup = obis("0.0.43.0.0.255");
const methods = { activate: 1, transfer: 2, agree: 3 } as const;
const names = new Map<number, TransferredKey>(
  Object.entries(transferredKeyIds).map(([name, id]) => [id, name as TransferredKey]),
);

/**
 * Method key_transfer: new keys, wrapped under the master key. They are kept before they are sent.
 * Resolves once the meter has accepted them; they are pending then, and the session goes on under
 * the old ones.
 * @throws {KeyChangeError} security/key-change-pending, -impossible (no master key), -refused
 * @throws {DlmsError} the session's: whether the meter has changed its keys is unknown then, and
 * the change stays pending
 */
export async function transferKeys(options: TransferKeysOptions): Promise<PendingKeyChange> {
  const { store, crypto = nodeCrypto } = options;
  const stored = await settled(store);
  const { master } = stored.active;
  if (master === undefined) throw impossible("master", "no master key to wrap with");
  const keys = freshKeys(options, crypto);
  const numbered = Object.entries(keys).map(([name, key]): NumberedKey => ({
    keyId: transferredKeyIds[name as TransferredKey],
    key,
  }));
  const change: PendingKeyChange = {
    method: "transfer",
    names: options.names,
    keys,
    state: "sent",
  };
  await store.store({ ...stored, pending: change });
  const data = keyTransferData(crypto, master, numbered);
  await confirm(await act(options, methods.transfer, data), stored, store);
  return accept(store, stored, { ...change, state: "accepted" });
}

/** Which keys are agreed on, with whom, and where they are kept. */
export interface AgreeKeysOptions extends SecuritySetupTarget, KeyAgreementSide {
  readonly store: KeyStore;
  readonly names: readonly TransferredKey[];
}

/**
 * Method key_agreement: keys that both sides derive. That it was sent is kept before it is; should
 * its answer be lost, nobody on this side can know the keys, and only a key transfer under a master
 * key that is still known mends it (see `resolveKeyChange`).
 * @throws as `transferKeys`; {ProtocolError} security/policy: suite 0; security/tag: the meter's
 * signature does not verify. The change stays pending then: the meter may use what it has derived.
 */
export async function agreeKeys(options: AgreeKeysOptions): Promise<PendingKeyChange> {
  const { store } = options;
  const stored = await settled(store);
  if (options.names.length === 0) throw impossible("names", "no key is named");
  const request = beginKeyAgreement(
    options,
    options.names.map((name) => transferredKeyIds[name]),
  );
  const change: PendingKeyChange = {
    method: "agreement",
    names: options.names,
    keys: undefined,
    state: "sent",
  };
  await store.store({ ...stored, pending: change });
  const outcome = await act(options, methods.agree, request.data);
  await confirm(outcome, stored, store);
  if (outcome.returned?.ok !== true) {
    throw new ProtocolError("xdlms/unexpected", "key_agreement returns nothing");
  }
  const agreed = finishKeyAgreement(options, request, outcome.returned.value);
  const keys = Object.fromEntries(agreed.map(({ keyId, key }) => [names.get(keyId)!, key]));
  return accept(store, stored, { ...change, keys, state: "accepted" });
}

/**
 * Method security_activate: a policy that asks for more. It holds from the next association on in
 * most meters. Success is the meter's answer; there is nothing to keep.
 * @throws {KeyChangeError} security/key-change-refused
 */
export async function activateSecurityPolicy(
  target: SecuritySetupTarget,
  policy: number,
): Promise<void> {
  const outcome = await act(target, methods.activate, enumeration(policy));
  if (outcome.result !== "success") throw refused(outcome);
}

/** @throws {KeyChangeError} security/key-change-pending */
async function settled(store: KeyStore): Promise<StoredKeys> {
  const stored = await store.load();
  if (stored.pending === undefined) return stored;
  throw new KeyChangeError("security/key-change-pending", "an earlier key change is not settled");
}

function freshKeys(
  { suite, names: wanted, keys = {} }: TransferKeysOptions,
  crypto: CryptoPort,
): Partial<Record<TransferredKey, Secret>> {
  const { keyOctets } = suites[suite];
  const fresh: Partial<Record<TransferredKey, Secret>> = {};
  for (const name of wanted) {
    const key = keys[name] ?? new Secret(crypto.randomOctets(keyOctets));
    if (key.octetCount !== keyOctets) {
      throw impossible(name, `the ${name} key has ${keyOctets} octets in suite ${suite}`);
    }
    fresh[name] = key;
  }
  if (wanted.length === 0) throw impossible("names", "no key is named");
  return fresh;
}

function act(
  { session, securitySetup = defaultSetup, request }: SecuritySetupTarget,
  methodId: number,
  data: Parameters<Session["action"]>[1],
): Promise<ActionOutcome> {
  return session.action({ classId, logicalName: securitySetup, methodId }, data, request);
}

/** A plain "no" settles it: nothing is pending any more. @throws {KeyChangeError} */
async function confirm(outcome: ActionOutcome, stored: StoredKeys, store: KeyStore): Promise<void> {
  if (outcome.result === "success") return;
  await store.store(stored);
  throw refused(outcome);
}

async function accept(
  store: KeyStore,
  stored: StoredKeys,
  pending: PendingKeyChange,
): Promise<PendingKeyChange> {
  await store.store({ ...stored, pending });
  return pending;
}

function refused({ result }: ActionOutcome): KeyChangeError {
  return new KeyChangeError("security/key-change-refused", `the meter answers ${result}`, {
    result,
  });
}

function impossible(key: string, detail: string): KeyChangeError {
  return new KeyChangeError("security/key-change-impossible", detail, { key });
}
