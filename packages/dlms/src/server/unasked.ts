/** What a meter sends without being asked, over an association (Green Book 9.3.10, 9.3.12). */
import type { ApduCiphering } from "../security/apdu-ciphering.ts";
import { streamedBlocks } from "../transfer/streamed-blocks.ts";
import { encodeApdu } from "../xdlms/apdu.ts";
import type { DataNotification } from "../xdlms/data-notification.ts";
import type { EventNotification } from "../xdlms/event-notification.ts";
import type { InformationReport } from "../xdlms/information-report.ts";
import type { AssociationFacts } from "./object.ts";
import { conformanceMask } from "./service.ts";
import type { AssociationView } from "./view.ts";

/** Services that begin at the meter. */
export type Unasked = DataNotification | EventNotification | InformationReport;

/** Tag, control, numbers and one octet with its length: a shorter unit holds no block. */
const blockOctetsMin = 8;

/** What they go through. */
export interface UnaskedRoute {
  readonly view: AssociationView;
  readonly facts: AssociationFacts;
  readonly ciphering: ApduCiphering | undefined;
  /** Octets of one APDU the client and its link take. */
  readonly octetsMax: number;
}

const masks: Readonly<Record<Unasked["kind"], number>> = {
  "data-notification": conformanceMask.dataNotification,
  "event-notification": conformanceMask.eventNotification,
  "information-report": conformanceMask.informationReport,
};

/**
 * The APDUs to send, ciphered where the association is; none where the service is not agreed, or
 * where it is too long and general blocks are not agreed.
 * @throws {ProtocolError} security/counter-exhausted
 */
export function unaskedUnits(apdu: Unasked, route: UnaskedRoute): readonly Uint8Array[] {
  const { view, facts, ciphering, octetsMax } = route;
  const agreed = (facts.conformance & masks[apdu.kind]) !== 0;
  if (!agreed && view.enforceConformance !== false) return [];
  const plain = encodeApdu(apdu);
  const unit = ciphering?.protect(plain) ?? plain;
  if (unit.length <= octetsMax) return [unit];
  const inBlocks = (facts.conformance & conformanceMask.generalBlocks) !== 0;
  return inBlocks && octetsMax >= blockOctetsMin ? streamedBlocks(unit, octetsMax) : [];
}
