import type { Store } from "../../store/store.ts";

const factName = "credential-hold";

/** Why a meter's credential is held. */
export interface CredentialHold {
  readonly code: string;
  /** UTC ms of the rejection. */
  readonly since: number;
}

/**
 * The credential latch on disk. One rejection closes it before anything else is done, and no
 * restart of the process opens it: a meter may lock out a client that insists.
 */
export async function closeLatch(
  store: Pick<Store, "remember">,
  meterId: number,
  hold: CredentialHold,
): Promise<void> {
  await store.remember(meterId, factName, JSON.stringify(hold));
}

/** Opened by a person only: `meter resume`, `meter restart` or a new password. */
export async function openLatch(store: Pick<Store, "remember">, meterId: number): Promise<void> {
  await store.remember(meterId, factName, "");
}

/** The hold among a meter's remembered facts, undefined when the latch is open. */
export function readLatch(facts: ReadonlyMap<string, string>): CredentialHold | undefined {
  const text = facts.get(factName);
  if (text === undefined || text === "") return undefined;
  const hold: unknown = JSON.parse(text);
  if (typeof hold !== "object" || hold === null) return undefined;
  const { code, since } = hold as Partial<CredentialHold>;
  return { code: code ?? "acse/authentication-failed", since: since ?? 0 };
}
