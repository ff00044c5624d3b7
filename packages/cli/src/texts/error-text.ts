/** Cause and next step. `{name}` places are the error's parameters; `{detail}` its own sentence. */
export interface ErrorText {
  readonly message: string;
  readonly next: string;
}

export type ErrorTexts = Readonly<Record<string, ErrorText>>;
