const hidden = "[secret]";

/**
 * Octets that never print: password, key, token. Only `reveal()` gives them, at the one place that
 * puts them on the wire or into a cipher.
 */
export class Secret {
  readonly #octets: Uint8Array;

  constructor(octets: Uint8Array) {
    this.#octets = octets.slice();
  }

  /** US-ASCII or UTF-8 text to a secret. */
  static fromText(text: string): Secret {
    const octets: number[] = [];
    for (const character of text) {
      const point = character.codePointAt(0)!;
      if (point < 0x80) octets.push(point);
      else if (point < 0x800) octets.push(0xc0 | (point >> 6), 0x80 | (point & 0x3f));
      else if (point < 0x1_0000) {
        octets.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
      } else {
        octets.push(
          0xf0 | (point >> 18),
          0x80 | ((point >> 12) & 0x3f),
          0x80 | ((point >> 6) & 0x3f),
          0x80 | (point & 0x3f),
        );
      }
    }
    return new Secret(Uint8Array.from(octets));
  }

  get octetCount(): number {
    return this.#octets.length;
  }

  /** A view of the octets themselves; do not keep it, do not print it. */
  reveal(): Uint8Array {
    return this.#octets;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return hidden;
  }
}
