import type { Json } from "@lectura/dlms/translate";
import type pc from "picocolors";

type Colours = ReturnType<typeof pc.createColors>;

/** A translation as indented lines; `{t, v}` values of COSEM Data take one line. */
export function treeLines(value: Json, colour: Colours, indent = ""): readonly string[] {
  if (value === null || typeof value !== "object") return [indent + leaf(value, colour)];
  const entries: readonly (readonly [string, Json | undefined])[] = Array.isArray(value)
    ? value.map((item: Json, index) => [String(index), item] as const)
    : Object.entries(value);
  return entries
    .filter((entry): entry is readonly [string, Json] => entry[1] !== undefined)
    .flatMap(([name, item]) => {
      const head = `${indent}${colour.cyan(name)}`;
      const short = oneLine(item, colour);
      if (short !== undefined) return [`${head}: ${short}`];
      return [head, ...treeLines(item, colour, `${indent}  `)];
    });
}

function leaf(value: null | boolean | number | string, colour: Colours): string {
  if (typeof value === "string") return colour.green(value === "" ? '""' : value);
  return colour.yellow(String(value));
}

/** Scalars, and Data with a scalar value. */
function oneLine(item: Json, colour: Colours): string | undefined {
  if (item === null || typeof item !== "object") return leaf(item, colour);
  if (Array.isArray(item)) return item.length === 0 ? "[]" : undefined;
  if (!("t" in item)) return undefined;
  const { t: type, v: value, ...rest } = item as { t?: Json; v?: Json };
  if (
    typeof type !== "string" ||
    Object.keys(rest).length > 1 ||
    (value !== null && typeof value === "object")
  ) {
    return undefined;
  }
  const shown = value === undefined ? "" : ` ${leaf(value, colour)}`;
  return `${colour.dim(type)}${shown}`;
}
