import type { Data } from "../axdr/data.ts";
import { ProtocolError } from "../error.ts";
import { OctetReader, OctetWriter } from "../octets.ts";
import { transferOctetsMax } from "../limits.ts";
import { accessRequest, type AccessSpecification } from "../xdlms/access-request.ts";
import { type AccessOutcome, accessResponse } from "../xdlms/access-response.ts";
import { decodeUnit } from "../xdlms/apdu-codec.ts";
import type { ActionResult, DataAccessResult } from "../xdlms/data-access-result.ts";
import type { AttributeDescriptor, MethodDescriptor } from "../xdlms/descriptor.ts";
import type { GetDataResult } from "../xdlms/get-data-result.ts";
import { Exchange, type ExchangeContext, type ExchangeStep } from "./exchange.ts";
import { checkWhole } from "./request-size.ts";

/** One access of an ACCESS service, in the order they are carried out. */
export type Access =
  | { readonly type: "get"; readonly attribute: AttributeDescriptor }
  | { readonly type: "set"; readonly attribute: AttributeDescriptor; readonly data: Data }
  | { readonly type: "action"; readonly method: MethodDescriptor; readonly parameters?: Data };

/** How one access went, in the place of its access. */
export type AccessResult =
  | { readonly type: "get"; readonly result: GetDataResult }
  | { readonly type: "set"; readonly result: DataAccessResult }
  | { readonly type: "action"; readonly result: ActionResult; readonly returned?: Data };

/** What an ACCESS request may say beside its accesses. */
export interface AccessOptions {
  /** The meter stops at the first access that fails. */
  readonly breakOnError?: boolean;
  /** 12 octets of a COSEM date-time; absent: none. */
  readonly dateTime?: Uint8Array;
}

const nothing = new Uint8Array(0);
const nullData: Data = { type: "null-data", value: null };
const responseHead = 5;

/** ACCESS: any number of get, set and action in one round trip (Green Book 9.4.6.10). */
export class AccessExchange extends Exchange<readonly AccessResult[]> {
  readonly #accesses: readonly Access[];
  readonly #options: AccessOptions;

  /** `invoke`: its id becomes the long invoke-id, 0..15. */
  constructor(
    accesses: readonly Access[],
    invoke: number,
    context: ExchangeContext,
    options: AccessOptions = {},
  ) {
    super(invoke, context);
    this.#accesses = accesses;
    this.#options = options;
  }

  protected get responseTag(): number {
    return accessResponse.tag;
  }

  get outcomeUnknown(): boolean {
    return this.#accesses.some(({ type }) => type !== "get");
  }

  get transferredOctets(): number {
    return 0;
  }

  /** The service has no blocks of its own: a longer request goes by general block transfer. */
  start(writer: OctetWriter): void {
    const request = new OctetWriter(transferOctetsMax, 128);
    accessRequest.encode(request, {
      kind: "access-request",
      invoke: {
        invokeId: this.invoke & 0x0f,
        selfDescriptive: false,
        breakOnError: this.#options.breakOnError ?? false,
        confirmed: (this.invoke & 0x40) !== 0,
        highPriority: (this.invoke & 0x80) !== 0,
      },
      dateTime: this.#options.dateTime ?? nothing,
      specifications: this.#accesses.map(specificationOf),
      data: this.#accesses.map(dataOf),
    });
    checkWhole(request.length, this.context);
    writer.octets(request.view());
  }

  override receive(
    octets: Uint8Array,
    writer: OctetWriter,
    start = 0,
    end: number = octets.length,
  ): ExchangeStep {
    if (octets[start] !== this.responseTag) return super.receive(octets, writer, start, end);
    const reader = new OctetReader(octets, "xdlms", start + 1, end);
    const invokeId = reader.uint32("Access-Response.invoke") & 0xff_ffff;
    const own = invokeId === (this.invoke & 0x0f);
    if (!own && !(this.context.invokeIdAlwaysOne && invokeId === 1)) return "late";
    return this.respond(octets, start, end);
  }

  protected respond(octets: Uint8Array, start: number, end: number): "done" {
    if (end - start < responseHead) throw new ProtocolError("xdlms/unexpected", "no invoke-id");
    const { data, results } = decodeUnit(accessResponse, octets.slice(start, end));
    const count = this.#accesses.length;
    if (data.length !== count || results.length !== count) {
      const got = `${data.length} values and ${results.length} results`;
      throw new ProtocolError("xdlms/unexpected", `${got} for ${count} accesses`);
    }
    this.result = this.#accesses.map(({ type }, at) => resultOf(type, data[at]!, results[at]!));
    return "done";
  }
}

function specificationOf(access: Access): AccessSpecification {
  if (access.type === "action") return { type: "action", method: access.method };
  const { selection, ...attribute } = access.attribute;
  if (selection === undefined) return { type: access.type, attribute };
  return { type: `${access.type}-with-selection`, attribute, selection };
}

function dataOf(access: Access): Data {
  switch (access.type) {
    case "get":
      return nullData;
    case "set":
      return access.data;
    case "action":
      return access.parameters ?? nullData;
  }
}

function resultOf(type: Access["type"], value: Data, outcome: AccessOutcome): AccessResult {
  if (outcome.type !== type) {
    throw new ProtocolError("xdlms/unexpected", `a result of ${outcome.type} for a ${type}`);
  }
  switch (outcome.type) {
    case "get": {
      const { result } = outcome;
      return {
        type: "get",
        result: result === "success" ? { ok: true, value } : { ok: false, reason: result },
      };
    }
    case "set":
      return { type: "set", result: outcome.result };
    case "action": {
      const returned = value.type === "null-data" ? {} : { returned: value };
      return { type: "action", result: outcome.result, ...returned };
    }
  }
}
