import { DlmsError, type Recovery } from "@lectura/dlms/octets";

/**
 * Recovery class of what keeps security settings from being used. The names in the comments are the
 * keys of `params`. Nothing has been sent when one of these is thrown.
 */
export const securitySettingsErrors = {
  /** octets, min, max */
  "security/challenge-length": "operator",
  /** mechanism or protection that uses one up */
  "security/counter-absent": "operator",
  /** key (by its Blue Book name), wanted (octets), octets, suite */
  "security/key-length": "operator",
  /** key, use (mechanism or protection) */
  "security/key-absent": "operator",
  /** mechanism, suite: signatures need suite 1 or 2 */
  "security/mechanism-suite": "operator",
  /** setting: it says how to cipher, and nothing is ciphered */
  "security/not-ciphered": "operator",
  /** mechanism */
  "security/secret-absent": "operator",
  /** octets, max: of the secret of hls-manufacturer */
  "security/secret-length": "operator",
  /** title (client, server), use */
  "security/title-absent": "operator",
  /** title (client, server), octets */
  "security/title-length": "operator",
} as const satisfies Readonly<Record<`security/${string}`, Recovery>>;

/** Stable code of security settings that do not go together; see `docs/errors.md`. */
export type SecuritySettingsErrorCode = keyof typeof securitySettingsErrors;

/** Security settings that cannot work. `params` name what is wrong, never a secret. */
export class SecuritySettingsError extends DlmsError {
  override readonly name: string = "SecuritySettingsError";
  readonly code: SecuritySettingsErrorCode;
  readonly recovery: Recovery;
  readonly params: Readonly<Record<string, string | number>>;

  constructor(
    code: SecuritySettingsErrorCode,
    detail: string,
    params: Readonly<Record<string, string | number>>,
  ) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.recovery = securitySettingsErrors[code];
    this.params = params;
  }
}
