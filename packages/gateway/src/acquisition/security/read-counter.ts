import type { Session } from "@lectura/dlms-node";
import type { ObisCode } from "@lectura/dlms/cosem";

/**
 * The last invocation counter the meter has seen, from its class 1 object; undefined: it does not
 * tell this client, or tells something else than a number.
 */
export async function readInvocationCounter(
  session: Pick<Session, "get">,
  logicalName: ObisCode,
  signal: AbortSignal,
): Promise<number | undefined> {
  const result = await session.get({ classId: 1, logicalName, attributeId: 2 }, { signal });
  if (!result.ok) return undefined;
  const { value } = result.value;
  const counter = typeof value === "bigint" ? Number(value) : value;
  return typeof counter === "number" && Number.isInteger(counter) && counter >= 0
    ? counter
    : undefined;
}
