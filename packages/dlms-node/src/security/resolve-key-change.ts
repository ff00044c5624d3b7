/** Which keys a meter uses after a change whose end nobody has seen. */
import { obis } from "@lectura/dlms/cosem";
import { DlmsError } from "@lectura/dlms/octets";
import {
  type CryptoPort,
  keyTransferData,
  type TransferredKey,
  transferredKeyIds,
} from "@lectura/dlms/security";
import { nodeCrypto } from "../crypto/node-crypto.ts";
import type { Session } from "../session/session.ts";
import type { SecuritySetupTarget } from "./change-keys.ts";
import { KeyChangeError } from "./key-change-error.ts";
import { type AssociationKeys, type KeyStore, pendingKeys, type StoredKeys } from "./key-store.ts";

/** Whose keys, and how an association under them is opened. */
export interface ResolveKeyChangeOptions extends Pick<SecuritySetupTarget, "securitySetup"> {
  readonly store: KeyStore;
  /**
   * Opens an association that proves the keys: one with HLS-GMAC, or ciphered. Its counter is that
   * of `generation`.
   */
  readonly open: (keys: AssociationKeys) => Promise<Session>;
  /** Absent: the platform's. */
  readonly crypto?: CryptoPort;
}

/** How a key change ended: the session is open under the keys that are in force. */
export interface ResolvedKeyChange {
  /** "changed": the new keys are active. "unchanged": the meter uses the old ones. */
  readonly outcome: "changed" | "unchanged" | "nothing-pending";
  readonly session: Session;
  readonly keys: AssociationKeys;
}

/** What a meter answers to keys that are not its own. Silence is none of it. */
const keyFailures: ReadonlySet<string> = new Set([
  "security/tag",
  "acse/authentication-failed",
  "acse/rejected",
  "acse/authentication-required",
]);

/**
 * Opens the next association and settles a pending change by it. The new keys come first; only when
 * the meter has refused them for what they are, the old ones follow, once each: a silent meter
 * settles nothing, and the change stays pending. The caller disposes the session.
 * @throws {KeyChangeError} security/key-change-unresolved: both were refused; both are kept
 * @throws {DlmsError} anything else of the opening; the change stays pending
 */
export async function resolveKeyChange(
  options: ResolveKeyChangeOptions,
): Promise<ResolvedKeyChange> {
  const stored = await options.store.load();
  const old: AssociationKeys = { keys: stored.active, generation: stored.generation };
  if (stored.pending === undefined) {
    return { outcome: "nothing-pending", session: await options.open(old), keys: old };
  }
  const { pending } = stored;
  const next = pendingKeys(stored);
  if (next !== undefined && pending.names.some(isProvedByAssociation)) {
    const session = await attempt(options, next);
    if (session !== undefined) return settle(options, "changed", next, session);
  }
  const session = await attempt(options, old);
  if (session === undefined) throw unresolved("the meter takes neither the new keys nor the old");
  if (pending.names.some(isProvedByAssociation)) return settle(options, "unchanged", old, session);
  try {
    if (next === undefined) throw unresolved("the answer of a key agreement was lost");
    const taken = await transferAgain(options, stored, session);
    return await settle(options, taken ? "changed" : "unchanged", taken ? next : old, session);
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

/** Keys an association shows; one under the master or broadcast key does not exist. */
function isProvedByAssociation(name: TransferredKey): boolean {
  return name === "unicast" || name === "authentication";
}

function unresolved(detail: string): KeyChangeError {
  return new KeyChangeError("security/key-change-unresolved", detail);
}

/** Undefined: the meter refuses these keys. */
async function attempt(
  { open }: ResolveKeyChangeOptions,
  keys: AssociationKeys,
): Promise<Session | undefined> {
  try {
    return await open(keys);
  } catch (error) {
    if (error instanceof DlmsError && keyFailures.has(error.code)) return undefined;
    throw error;
  }
}

/** Keys change together: one that is proved proves the others of its change. */
async function settle(
  { store }: ResolveKeyChangeOptions,
  outcome: "changed" | "unchanged",
  proved: AssociationKeys,
  session: Session,
): Promise<ResolvedKeyChange> {
  try {
    await store.store({ active: proved.keys, generation: proved.generation });
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
  return { outcome, session, keys: proved };
}

/**
 * Keys that no association shows (master, broadcast): the same transfer again, under the new master
 * key where there is one, then under the old. It changes nothing that is not to change.
 */
async function transferAgain(
  { securitySetup = obis("0.0.43.0.0.255"), crypto = nodeCrypto }: ResolveKeyChangeOptions,
  { active, pending }: StoredKeys,
  session: Session,
): Promise<boolean> {
  if (pending!.state === "accepted") return true;
  const keys = Object.entries(pending!.keys!).map(([name, key]) => ({
    keyId: transferredKeyIds[name as keyof typeof transferredKeyIds],
    key,
  }));
  const method = { classId: 64, logicalName: securitySetup, methodId: 2 };
  for (const master of [pending!.keys!.master, active.master]) {
    if (master === undefined) continue;
    const { result } = await session.action(method, keyTransferData(crypto, master, keys));
    if (result === "success") return true;
  }
  return false;
}
