import type { CatalogueLanguage } from "../cosem/catalogue.ts";
import { DecodeError, DlmsError } from "../error.ts";
import type { OctetReader } from "../octets.ts";
import type { Json } from "./json.ts";
import type { DraftNode, TranslationError } from "./node.ts";

/** Where nodes are read from: the cursor says where each begins and ends. */
export type Cursor = Pick<OctetReader, "offset">;

/**
 * Builds the tree along a cursor: a node begins where the cursor stands when it is opened and ends
 * where it stands when it is closed. What was built before a failure stays.
 */
export class NodeBuilder {
  #parent: DraftNode;
  /** Language of the notes that are words of people: names of objects. */
  readonly language: CatalogueLanguage;
  /** The first failure, placed in the tree already. */
  failure: DlmsError | undefined;
  /** The same as it stands in the tree. */
  problem: TranslationError | undefined;

  constructor(root: DraftNode, language: CatalogueLanguage = "en") {
    this.#parent = root;
    this.language = language;
  }

  /** The node added last to the one that is open. */
  get last(): DraftNode | undefined {
    return this.#parent.children?.at(-1);
  }

  /** A node with one value: `read` moves the cursor over it. */
  leaf<T>(name: string, cursor: Cursor, read: () => T, describe: (value: T) => Leaf): T {
    const start = cursor.offset;
    const value = this.#guard(cursor, read);
    this.add({ name, range: [start, cursor.offset], ...describe(value) });
    return value;
  }

  /** A node with children: what `fill` adds. */
  branch<T>(name: string, cursor: Cursor, fill: (node: DraftNode) => T): T {
    const node: DraftNode = { name, range: [cursor.offset, cursor.offset] };
    this.add(node);
    const outer = this.#parent;
    this.#parent = node;
    try {
      return this.#guard(cursor, () => fill(node));
    } finally {
      this.#parent = outer;
      // Children of a buffer, and those that have one, count in other octets.
      const own = node.buffer === undefined ? node.children : undefined;
      const last = own?.findLast(({ buffer }) => buffer === undefined);
      node.range[1] = Math.max(cursor.offset, ...node.range, last?.range[1] ?? 0);
    }
  }

  /** Gives the node added last children instead of its value: what `fill` adds. */
  replaceLast(name: string, range: readonly [number, number], fill: () => void): void {
    this.#parent.children?.pop();
    this.branch(name, { offset: range[0] }, (node) => {
      node.range[1] = range[1];
      fill();
    });
  }

  /** A node that is complete. */
  add(node: DraftNode): DraftNode {
    (this.#parent.children ??= []).push(node);
    return node;
  }

  /** Says something of the node that is open. */
  note(text: string): void {
    const node = this.#parent;
    node.note = node.note === undefined ? text : `${node.note}, ${text}`;
  }

  /** Places a failure where the cursor has come to, and goes on: for check sequences and tags. */
  fail(error: DlmsError, range: readonly [number, number]): void {
    this.#place(error, range);
  }

  /** Places a failure nobody has placed yet, at its own octet. */
  failOnce(error: DlmsError): void {
    const at = error instanceof DecodeError ? error.offset : 0;
    if (this.failure === undefined) this.#place(error, [at, at]);
  }

  #guard<T>(cursor: Cursor, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof DlmsError && this.failure === undefined) {
        const at = error instanceof DecodeError ? error.offset : cursor.offset;
        this.#place(error, [at, at]);
      }
      throw error;
    }
  }

  #place(error: DlmsError, [start, end]: readonly [number, number]): void {
    const problem = translationErrorOf(error, start);
    this.failure ??= error;
    this.problem ??= problem;
    this.add({ name: problem.field, range: [start, end], error: problem });
  }
}

/** What a leaf says of itself. */
export interface Leaf {
  readonly value?: Json;
  readonly type?: string;
  readonly note?: string;
}

/** An error in the words of a translation; `octet` is where its node stands. */
export function translationErrorOf(error: DlmsError, octet: number): TranslationError {
  if (error instanceof DecodeError) {
    const { code, layer, field, problem } = error;
    return { code, layer, field, octet, message: problem };
  }
  const [layer = ""] = error.code.split("/");
  return { code: error.code, layer, field: "apdu", octet, message: error.message };
}

/** Runs what counts its octets from `offset`, so that its errors count with the rest. */
export function atOffset<T>(offset: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const [, kind] = error.code.split("/");
    throw new DecodeError(error.layer, error.field, offset + error.offset, error.problem, kind);
  }
}
