import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One public test vector; the schema is that of the vectors' INDEX.md. */
export interface Vector {
  readonly id: string;
  readonly layer: string;
  readonly title: string;
  readonly hex: string;
  readonly keys?: unknown;
  readonly given?: unknown;
  readonly expect: unknown;
}

const folder = join(import.meta.dirname, "../../../../shared/data/vectors");

/** True where the vectors lie beside the repository. */
export const vectorsPresent: boolean = existsSync(folder);

/** Vectors of one file, e.g. `"hdlc-frames"`; none where the folder is absent. */
export function readVectors(file: string): readonly Vector[] {
  if (!vectorsPresent) return [];
  return JSON.parse(readFileSync(join(folder, `${file}.json`), "utf8")) as readonly Vector[];
}
