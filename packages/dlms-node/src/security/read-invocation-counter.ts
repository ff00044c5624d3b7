/** The invocation counter a meter expects, read before anything is ciphered (R26, R27). */
import { obis } from "@lectura/dlms/cosem";
import { DlmsError } from "@lectura/dlms/octets";
import type { AttributeDescriptor, GetDataResult } from "@lectura/dlms/xdlms";
import { openSession } from "../session/open-session.ts";
import type { Session } from "../session/session.ts";
import type { SessionOptions } from "../session/session-options.ts";

/** Where most meters keep it: Data 0.0.43.1.0.255, attribute 2. Others: 0.0.43.1.x.255. */
export const invocationCounterAttribute: AttributeDescriptor = {
  classId: 1,
  logicalName: obis("0.0.43.1.0.255"),
  attributeId: 2,
};

const publicClientSapDefault = 16;
const counterMax = 0xffff_ffff;

/** What is used of the session the counter is read over. */
export type CounterSession = Pick<Session, "get"> & AsyncDisposable;

/** Where the counter is, and who may read it. */
export interface ReadInvocationCounterOptions {
  /** Absent: `invocationCounterAttribute`. */
  readonly attribute?: AttributeDescriptor;
  /** Client that may read it without a credential. Absent: 16. */
  readonly publicClientSap?: number;
  /** Opens the session where the way to the meter has an owner. Absent: `openSession`. */
  readonly open?: (options: SessionOptions) => Promise<CounterSession>;
}

/**
 * Opens a session as the public client, reads the counter, closes. `options` are those of the
 * session to follow: its client, authentication and protection are left out here.
 * @returns the highest counter the meter has seen, 0..2^32 - 1: the next is one more; undefined: it
 * does not tell this client, or tells something else than a counter
 * @throws {DlmsError} whatever opening and reading throw, but for a refused association
 */
export async function readInvocationCounter(
  options: Omit<SessionOptions, "authentication" | "protection">,
  where: ReadInvocationCounterOptions = {},
): Promise<number | undefined> {
  const { publicClientSap: clientSap = publicClientSapDefault, open = openSession } = where;
  const { attribute = invocationCounterAttribute } = where;
  const authentication = { mechanism: "none" } as const;
  const session = await open({ ...options, clientSap, authentication }).catch(unlessRefused);
  if (session === undefined) return undefined;
  await using reading = session;
  const { signal } = options;
  return counterOf(await reading.get(attribute, signal === undefined ? {} : { signal }));
}

/** A meter that has no public client tells it nothing. */
function unlessRefused(error: unknown): undefined {
  if (error instanceof DlmsError && error.code.startsWith("acse/")) return undefined;
  throw error;
}

function counterOf(result: GetDataResult): number | undefined {
  if (!result.ok) return undefined;
  const { value } = result;
  const said: unknown = "value" in value ? value.value : undefined;
  const counter = typeof said === "bigint" ? Number(said) : said;
  const isCounter = typeof counter === "number" && Number.isInteger(counter);
  return isCounter && counter >= 0 && counter <= counterMax ? counter : undefined;
}
