import { ProtocolError } from "../error.ts";
import { apduOctetsMax } from "../limits.ts";
import type { ExchangeContext } from "./exchange.ts";

/**
 * Refuses a request that cannot go out whole: it is longer than the meter's max PDU, and there is
 * no general block transfer, or it is longer than any APDU.
 * @throws {ProtocolError} xdlms/pdu-too-long
 */
export function checkWhole(
  octets: number,
  context: Pick<ExchangeContext, "sendOctetsMax" | "generalBlockTransfer">,
): void {
  const { sendOctetsMax, generalBlockTransfer = false } = context;
  if (octets <= (generalBlockTransfer ? apduOctetsMax : sendOctetsMax)) return;
  throw new ProtocolError(
    "xdlms/pdu-too-long",
    `the request has ${octets} octets, the meter takes ${sendOctetsMax}` +
      (generalBlockTransfer ? "" : " and offers no block transfer for it"),
  );
}
