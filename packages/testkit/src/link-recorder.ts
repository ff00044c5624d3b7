import type { LinkOutput } from "@lectura/dlms/hdlc";
import type { ProtocolError } from "@lectura/dlms/octets";

/** A link's owner that writes down what it is asked, in order, one line each. */
export class LinkRecorder implements LinkOutput {
  /** `"tx 7ea0..."`, `"opened"`, `"unit e6e7..."`, `"ui ..."`, `"closed"`, `"failed code"`, `"text ..."`. */
  readonly lines: string[] = [];
  /** What is armed, in milliseconds; `undefined` when nothing is. */
  armedMs: number | undefined;
  error: ProtocolError | undefined;

  /** Lines since the last call. */
  take(): readonly string[] {
    return this.lines.splice(0);
  }

  transmit(octets: Uint8Array): void {
    this.lines.push(`tx ${octets.toHex()}`);
  }

  arm(afterMs: number): void {
    this.armedMs = afterMs;
  }

  disarm(): void {
    this.armedMs = undefined;
  }

  opened(): void {
    this.lines.push("opened");
  }

  information(unit: Uint8Array): void {
    this.lines.push(`unit ${unit.toHex()}`);
  }

  unnumbered(unit: Uint8Array): void {
    this.lines.push(`ui ${unit.toHex()}`);
  }

  closed(): void {
    this.lines.push("closed");
  }

  failed(error: ProtocolError): void {
    this.error = error;
    this.lines.push(`failed ${error.code}`);
  }

  acknowledged(): void {
    this.lines.push("acknowledged");
  }

  text(octets: Uint8Array): void {
    this.lines.push(`text ${octets.toHex()}`);
  }
}
