import type { Data } from "../axdr/data.ts";
import { decodeDateTime, type DeviationOptions, looseText, utcMs } from "./date-time.ts";
import { floatBits } from "./float-text.ts";
import { textOf } from "./text.ts";

/** Exact value of one attribute. Nothing here is rounded; `decimal` means `raw * 10^scaler`. */
export type ExactValue =
  | { readonly kind: "decimal"; readonly raw: bigint; readonly scaler: number }
  /** IEEE 754 as the meter sent it; `bits` is the 32- or 64-bit pattern. `scaler` still applies. */
  | {
      readonly kind: "float";
      readonly width: 32 | 64;
      readonly bits: bigint;
      readonly scaler: number;
    }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "octets"; readonly octets: Uint8Array }
  /** `utcMs` is undefined where the meter's clock or deviation does not determine it. */
  | { readonly kind: "datetime"; readonly local: string; readonly utcMs: number | undefined }
  | { readonly kind: "boolean"; readonly value: boolean };

/** What the octets of an octet-string mean; its type alone does not say. */
export interface ExactValueOptions extends DeviationOptions {
  readonly octetString?: "octets" | "text" | "datetime";
}

/**
 * A decoded attribute as an exact value that outlives the receive buffer. The scaler applies to
 * integers and floats; enum, bcd and bit-string have none. Undefined for what is no single
 * value: null-data, array, structure, compact-array, don't-care.
 */
export function toExactValue(
  data: Data,
  scaler = 0,
  options?: ExactValueOptions,
): ExactValue | undefined {
  switch (data.type) {
    case "null-data":
    case "dont-care":
    case "array":
    case "structure":
    case "compact-array":
      return undefined;
    case "boolean":
      return { kind: "boolean", value: data.value };
    case "enum":
    case "bcd":
      return { kind: "decimal", raw: BigInt(data.value), scaler: 0 };
    case "long64":
    case "long64-unsigned":
      return { kind: "decimal", raw: data.value, scaler };
    case "float32":
    case "float64":
      return { kind: "float", ...floatBits(data.value), scaler };
    case "visible-string":
    case "utf8-string":
      return { kind: "text", text: textOf(data.value, data.type) };
    case "bit-string":
      return { kind: "text", text: bitText(data.value.octets, data.value.bitCount) };
    case "octet-string":
      return fromOctets(data.value, options);
    case "date-time":
      return fromDateTime(data.value, options);
    case "date":
    case "time":
      return { kind: "octets", octets: data.value.slice() };
    case "integer":
    case "long":
    case "double-long":
    case "unsigned":
    case "long-unsigned":
    case "double-long-unsigned":
    case "delta-integer":
    case "delta-long":
    case "delta-double-long":
    case "delta-unsigned":
    case "delta-long-unsigned":
    case "delta-double-long-unsigned":
      return { kind: "decimal", raw: BigInt(data.value), scaler };
  }
}

/** Bits as `"0101"`, the first is the most significant bit of the first octet. */
export function bitText(octets: Uint8Array, bitCount: number): string {
  let text = "";
  for (let bit = 0; bit < bitCount; bit++) {
    text += ((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) === 0 ? "0" : "1";
  }
  return text;
}

function fromOctets(octets: Uint8Array, options: ExactValueOptions | undefined): ExactValue {
  if (options?.octetString === "text") return { kind: "text", text: textOf(octets, "utf8-string") };
  if (options?.octetString === "datetime" && octets.length === 12)
    return fromDateTime(octets, options);
  return { kind: "octets", octets: octets.slice() };
}

function fromDateTime(octets: Uint8Array, options: ExactValueOptions | undefined): ExactValue {
  const value = decodeDateTime(octets);
  return { kind: "datetime", local: looseText(value), utcMs: utcMs(value, options) };
}
