import type { OctetWriter } from "@lectura/dlms/octets";
import { type AssociationView, ServerAssociation } from "@lectura/dlms/server";

const nothing = new Uint8Array(0);

/**
 * Pre-established associations that nobody has opened a link for: what is said to all stations is
 * heard within them. Kept, so that their counters go on.
 */
export class StandingAssociations {
  readonly #writer: OctetWriter;
  readonly #associations = new Map<AssociationView, ServerAssociation>();

  constructor(writer: OctetWriter) {
    this.#writer = writer;
  }

  /** Undefined: the view has no association without an AARQ. */
  of(view: AssociationView | undefined): ServerAssociation | undefined {
    if (view?.preEstablished === undefined) return undefined;
    const known = this.#associations.get(view);
    if (known !== undefined) return known;
    const association = new ServerAssociation({ view, prefix: nothing, writer: this.#writer });
    this.#associations.set(view, association);
    return association;
  }
}
