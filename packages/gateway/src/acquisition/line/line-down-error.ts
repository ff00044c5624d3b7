import { GatewayError } from "../../errors.ts";

/** The line is down; nothing was sent. `cause` is there when this very attempt found out. */
export class LineDownError extends GatewayError {
  override readonly name: string = "LineDownError";
  /** Why the line is down. */
  readonly causeCode: string;
  /** Monotonic ms of the line's next attempt. */
  readonly nextAttemptAt: number;

  constructor(line: string, causeCode: string, nextAttemptAt: number, options?: ErrorOptions) {
    const detail = `line ${line} is down (${causeCode}) and waits for its next attempt`;
    super("line/waiting", detail, { ...options, params: { name: line, cause: causeCode } });
    this.causeCode = causeCode;
    this.nextAttemptAt = nextAttemptAt;
  }
}
