import { ProtocolError } from "../error.ts";
import { OctetReader, type OctetWriter } from "../octets.ts";
import { type DataAccessResult, dataAccessResultFromNumber } from "../xdlms/data-access-result.ts";
import { type AttributeDescriptor, writeAttribute } from "../xdlms/descriptor.ts";
import type { ExchangeContext } from "./exchange.ts";
import { BlockwiseGet } from "./get-exchange.ts";

/** The octets of an attribute's Data, not looked into; or the reason why there are none. */
export type GetOctetsResult =
  | { readonly ok: true; readonly octets: Uint8Array }
  | { readonly ok: false; readonly reason: DataAccessResult };

const field = "Get-Data-Result";

/** GET-REQUEST-NORMAL whose value is left as it came: for values that are read without objects. */
export class GetOctetsExchange extends BlockwiseGet<GetOctetsResult> {
  readonly #attribute: AttributeDescriptor;

  constructor(attribute: AttributeDescriptor, invoke: number, context: ExchangeContext) {
    super(invoke, context);
    this.#attribute = attribute;
  }

  start(writer: OctetWriter): void {
    writer.uint16(0xc001);
    writer.uint8(this.invoke);
    writeAttribute(writer, this.#attribute);
  }

  protected acceptPlain(octets: Uint8Array, start: number, end: number): GetOctetsResult {
    const form = octets[start + 1];
    if (form !== 1) throw new ProtocolError("xdlms/unexpected", `GET answered in form ${form}`);
    const reader = new OctetReader(octets, "xdlms", start + 3, end, start);
    const tag = reader.uint8(field);
    if (tag === 0) {
      return { ok: true, octets: new Uint8Array(reader.take(reader.remaining, field)) };
    }
    if (tag !== 1) {
      reader.offset--;
      reader.fail(field, `unknown choice 0x${tag.toString(16).padStart(2, "0")}`);
    }
    const reason = dataAccessResultFromNumber(reader.uint8(field));
    reader.finish("Get-Response-Normal");
    return this.refuse(reason);
  }

  protected acceptRaw(octets: Uint8Array): GetOctetsResult {
    return { ok: true, octets };
  }

  protected refuse(reason: DataAccessResult): GetOctetsResult {
    return { ok: false, reason };
  }
}
