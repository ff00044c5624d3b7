import type { DatabaseSync, StatementSync } from "node:sqlite";
import { parseLayout } from "./record-codec.ts";

/** Layouts remembered on the way in and out; beyond, the memory starts anew (the table stays). */
const memoMax = 4096;

/** The `layouts` table: each combination of keys, kinds, units and scalers once. */
export class Layouts {
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #insertItem: StatementSync;
  readonly #byId: StatementSync;
  #ids = new Map<string, number>();
  #specs = new Map<number, string>();

  constructor(database: DatabaseSync) {
    this.#find = database.prepare("SELECT id FROM layouts WHERE spec = ?");
    this.#insert = database.prepare("INSERT INTO layouts (spec) VALUES (?) RETURNING id");
    this.#insertItem = database.prepare("INSERT INTO layout_items VALUES (?, ?, ?, ?, ?, ?, ?)");
    this.#byId = database.prepare("SELECT spec FROM layouts WHERE id = ?");
  }

  /** Inside a transaction: it may write. */
  idOf(spec: string): number {
    const known = this.#ids.get(spec);
    if (known !== undefined) return known;
    const found = this.#find.get(spec)?.["id"];
    const id = typeof found === "number" ? found : this.#add(spec);
    if (this.#ids.size >= memoMax) this.#ids.clear();
    this.#ids.set(spec, id);
    return id;
  }

  #add(spec: string): number {
    const id = Number(this.#insert.get(spec)?.["id"]);
    for (const [position, item] of parseLayout(spec).entries()) {
      this.#insertItem.run(id, position, ...item);
    }
    return id;
  }

  specOf(id: number): string {
    const known = this.#specs.get(id);
    if (known !== undefined) return known;
    const spec = String(this.#byId.get(id)?.["spec"] ?? "[]");
    if (this.#specs.size >= memoMax) this.#specs.clear();
    this.#specs.set(id, spec);
    return spec;
  }

  /** A rolled-back transaction may have taken new layouts with it. */
  forget(): void {
    this.#ids = new Map();
    this.#specs = new Map();
  }

  /** The definitions a result set refers to. */
  of(rows: readonly { readonly layoutId: number }[]): readonly (readonly [number, string])[] {
    const ids = new Set(rows.map(({ layoutId }) => layoutId));
    return [...ids].map((id) => [id, this.specOf(id)] as const);
  }
}
