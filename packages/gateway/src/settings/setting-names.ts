import { z } from "zod";
import { settingsSchema } from "./settings.ts";

/** One setting, as documentation and environment see it. */
export interface SettingName {
  /** `api.port` */
  readonly path: string;
  /** `LECTURA_API_PORT` */
  readonly variable: string;
  readonly type: "string" | "integer" | "boolean" | "array";
  readonly default: unknown;
  readonly description: string;
  /** Also read from the file that `<variable>_FILE` names; never shown. */
  readonly isSecret: boolean;
}

interface SchemaNode {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly default?: unknown;
  readonly description?: string;
  readonly secret?: boolean;
}

/** JSON Schema of `lectura.yaml`, for editors. */
export function settingsJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(settingsSchema, { io: "input" }) as Readonly<Record<string, unknown>>;
}

/** `store.outbox.rowsMax` -> `LECTURA_STORE_OUTBOX_ROWS_MAX`. */
function variableOf(path: readonly string[]): string {
  const words = path.map((key) => key.replaceAll(/([A-Z])/g, "_$1").toUpperCase());
  return `LECTURA_${words.join("_")}`;
}

function leaves(node: SchemaNode, path: readonly string[]): readonly SettingName[] {
  if (node.properties !== undefined) {
    return Object.entries(node.properties).flatMap(([key, child]) => leaves(child, [...path, key]));
  }
  return [
    {
      path: path.join("."),
      variable: variableOf(path),
      type: (node.type ?? "string") as SettingName["type"],
      default: node.default,
      description: node.description ?? "",
      isSecret: node.secret === true,
    },
  ];
}

/** Every setting, in the order of the schema. */
export const settingNames: readonly SettingName[] = leaves(settingsJsonSchema(), []);
