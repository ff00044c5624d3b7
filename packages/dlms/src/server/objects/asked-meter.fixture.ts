/** Server objects behind an association, asked by the client's codecs: both roles in memory. */
import { decodeData } from "../../axdr/data-decode.ts";
import { encodeData } from "../../axdr/data-encode.ts";
import type { Data } from "../../axdr/data.ts";
import type { TypedAttribute, TypedMethod } from "../../cosem/attributes/typed-object.ts";
import type { CosemAttribute, CosemMethod } from "../../cosem/descriptor.ts";
import { fromHex, OctetWriter } from "../../octets.ts";
import { decodeApdu, encodeApdu } from "../../xdlms/apdu.ts";
import { answerOctetsCeiling, ServerAssociation } from "../association.ts";
import type { AccessContext, ServerObject } from "../object.ts";
import { ObjectDirectory } from "../view.ts";

const publicAarq = fromHex("601da109060760857405080101be10040e01000000065f1f0400007e1fffff");
const invoke = { invokeId: 1, confirmed: true, highPriority: false };

/** What a client may do with the meter in a test. Refusals are texts. */
export interface AskedMeter {
  nowMs: number;
  get(attribute: CosemAttribute): Data | string;
  read<T>(attribute: TypedAttribute<T>): T;
  set(attribute: CosemAttribute, value: Data): string;
  write<T>(attribute: TypedAttribute<T>, value: T): string;
  call(method: CosemMethod, parameters?: Data): string;
  invoke<P>(method: TypedMethod<P>, parameters: P): string;
}

export function askedMeter(objects: readonly ServerObject[]): AskedMeter {
  const association = new ServerAssociation({
    view: {
      clientSap: 16,
      authentication: { mechanism: "none" },
      objects: new ObjectDirectory(objects),
      conformance: 0x00_7e1f,
    },
    prefix: new Uint8Array(0),
    writer: new OctetWriter(answerOctetsCeiling),
  });
  const send = (apdu: Uint8Array): Uint8Array => association.receive(apdu, meter.nowMs)!.slice();
  const meter: AskedMeter = {
    // 2026-06-01T12:00:00Z
    nowMs: 1_780_315_200_000,
    get: (attribute) => {
      const answer = decodeApdu(
        send(encodeApdu({ kind: "get-request", type: "normal", invoke, attribute })),
      );
      if (answer.kind !== "get-response" || answer.type !== "normal") return answer.kind;
      return answer.result.ok ? answer.result.value : answer.result.reason;
    },
    read: (attribute) => {
      const data = meter.get(attribute);
      if (typeof data === "string") throw new Error(`${attribute.name}: ${data}`);
      return attribute.decode(data);
    },
    set: (attribute, value) => {
      const answer = decodeApdu(
        send(encodeApdu({ kind: "set-request", type: "normal", invoke, attribute, value })),
      );
      return answer.kind === "set-response" && answer.type === "normal"
        ? answer.result
        : answer.kind;
    },
    write: (attribute, value) => meter.set(attribute, attribute.encode(value)),
    call: (method, parameters) => {
      const answer = decodeApdu(
        send(
          encodeApdu({
            kind: "action-request",
            type: "normal",
            invoke,
            method,
            ...(parameters === undefined ? {} : { parameters }),
          }),
        ),
      );
      return answer.kind === "action-response" && answer.type === "normal"
        ? answer.result
        : answer.kind;
    },
    invoke: (method, parameters) => meter.call(method, method.encode(parameters)),
  };
  send(publicAarq);
  return meter;
}

/** The same Data as its octets say it: equal values compare equal. */
export function canonical(data: Data): Data {
  return decodeData(encodeData(data));
}

/** What an object's members see when the meter itself asks them. */
export function meterContext(nowMs: number): AccessContext {
  const association = {
    clientSap: 0,
    mechanism: "none",
    conformance: 0,
    serverMaxPduOctets: 0xffff,
    clientMaxPduOctets: 0xffff,
    entries: [],
  } as const;
  return { nowMs, association };
}
