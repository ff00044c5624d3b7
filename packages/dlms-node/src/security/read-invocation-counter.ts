/** The invocation counter a meter expects, read before anything is ciphered (R26, R27). */
import { obis } from "@lectura/dlms/cosem";
import { ProtocolError } from "@lectura/dlms/octets";
import type { AttributeDescriptor } from "@lectura/dlms/xdlms";
import { openSession } from "../open-session.ts";
import type { SessionOptions } from "../session-options.ts";

/** Where most meters keep it: Data 0.0.43.1.0.255, attribute 2. Others: 0.0.43.1.x.255. */
export const invocationCounterAttribute: AttributeDescriptor = {
  classId: 1,
  logicalName: obis("0.0.43.1.0.255"),
  attributeId: 2,
};

const publicClientSap = 16;
const counterMax = 0xffff_ffff;

/**
 * Opens a session as the public client, reads the counter, closes. `options` are those of the
 * session to follow: its client, authentication and protection are left out here.
 * @returns the highest counter the meter has seen, 0..2^32 - 1; the next is one more
 * @throws {ProtocolError} xdlms/unexpected: the object answers no counter, or refuses
 * @throws {DlmsError} whatever opening and reading throw
 */
export async function readInvocationCounter(
  options: Omit<SessionOptions, "authentication" | "protection">,
  attribute: AttributeDescriptor = invocationCounterAttribute,
): Promise<number> {
  await using session = await openSession({
    ...options,
    clientSap: publicClientSap,
    authentication: { mechanism: "none" },
  });
  const { signal } = options;
  const result = await session.get(attribute, signal === undefined ? {} : { signal });
  if (!result.ok) {
    const detail = `the invocation counter answers ${result.reason}`;
    throw new ProtocolError("xdlms/unexpected", detail);
  }
  const { value } = result;
  const counter = "value" in value ? Number(value.value) : Number.NaN;
  if (Number.isInteger(counter) && counter >= 0 && counter <= counterMax) return counter;
  throw new ProtocolError("xdlms/unexpected", `${value.type} is no invocation counter`);
}
