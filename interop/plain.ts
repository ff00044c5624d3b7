import type { Data } from "@lectura/dlms/axdr";
import type { Plain } from "./exchange.ts";

/** A value of ours as peers print theirs. */
export function plainOf(data: Data): Plain {
  const { value } = data;
  if (value === null || typeof value !== "object") {
    return typeof value === "bigint" ? Number(value) : value;
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (data.type === "array" || data.type === "structure") return data.value.map(plainOf);
  return data.type;
}
