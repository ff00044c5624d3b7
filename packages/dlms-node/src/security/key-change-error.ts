import { DlmsError, type Recovery } from "@lectura/dlms/octets";

/** Recovery class of what ends a key change. The names in the comments are the keys of `params`. */
export const keyChangeErrors = {
  /** A change before this one is not settled yet: `resolveKeyChange` first. */
  "security/key-change-pending": "operator",
  /** result: the meter's answer. Nothing has changed. */
  "security/key-change-refused": "operator",
  /** The meter takes neither the new keys nor the old ones; both are kept. */
  "security/key-change-unresolved": "operator",
  /** key: what is needed to change keys is not there. Nothing was sent. */
  "security/key-change-impossible": "operator",
} as const satisfies Readonly<Record<`security/${string}`, Recovery>>;

/** Stable codes, documented in `docs/errors.md`. */
export type KeyChangeErrorCode = keyof typeof keyChangeErrors;

/** A key change that did not go its way. Never holds a secret. */
export class KeyChangeError extends DlmsError {
  override readonly name: string = "KeyChangeError";
  readonly code: KeyChangeErrorCode;
  readonly recovery: Recovery;
  readonly params: Readonly<Record<string, string>>;

  constructor(
    code: KeyChangeErrorCode,
    detail: string,
    params: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(`${code}: ${detail}`, options);
    this.code = code;
    this.recovery = keyChangeErrors[code];
    this.params = params;
  }
}
