import { apduOctetsMax } from "../limits.ts";
import { OctetWriter } from "../octets.ts";
import { type AttributeDescriptor, attributeDescriptor } from "../xdlms/descriptor.ts";

/** Attributes of one GET-REQUEST-WITH-LIST; its count then takes one octet. */
const attributesMax = 127;
/** Tag, form, invoke octet and count. */
const prefixOctets = 4;
/** A descriptor without selection, its flag included. */
const plainOctets = 10;

/**
 * Cuts a list into runs whose GET-REQUEST-WITH-LIST fits `sendOctetsMax`, in order. Such a request
 * cannot be sent in blocks, so more than one run means more than one round trip.
 */
export function splitGetList(
  attributes: readonly AttributeDescriptor[],
  sendOctetsMax: number,
): readonly (readonly AttributeDescriptor[])[] {
  if (attributes.length === 0) return [];
  const runs: AttributeDescriptor[][] = [];
  let run: AttributeDescriptor[] = [];
  let octets = prefixOctets;
  for (const attribute of attributes) {
    const more = octetsOf(attribute);
    const full = octets + more > sendOctetsMax || run.length >= attributesMax;
    if (full && run.length > 0) {
      runs.push(run);
      run = [];
      octets = prefixOctets;
    }
    run.push(attribute);
    octets += more;
  }
  runs.push(run);
  return runs;
}

function octetsOf(attribute: AttributeDescriptor): number {
  if (attribute.selection === undefined) return plainOctets;
  const writer = new OctetWriter(apduOctetsMax, 64);
  attributeDescriptor.encode(writer, attribute);
  return writer.length;
}
