import { type DlmsError, ProtocolError } from "@lectura/dlms/octets";
import { classifyWholeText, textMeanings } from "./line-text.ts";
import type { SessionPhase } from "../observer.ts";
import { SessionError } from "./session-error.ts";

/** What is known about a session when it fails. */
export interface FailureContext {
  readonly phase: SessionPhase;
  /** What the peer sent that is no frame, as printable ASCII. */
  readonly text: string;
  /** Octets received since the stream was taken over. */
  readonly octetsIn: number;
}

/** True for failures that mean: nobody answers. Waiting for one more answer is in vain then. */
export function isSilence(error: unknown): boolean {
  return (
    error instanceof ProtocolError &&
    (error.code === "hdlc/no-answer" ||
      error.code === "hdlc/request-timeout" ||
      error.code === "wrapper/no-answer" ||
      error.code === "acse/no-answer")
  );
}

/**
 * Names the cause rather than the symptom: a converter that said it is busy, a peer that speaks
 * another protocol, a stream without a single octet, a link without an association.
 */
export function explainFailure(error: DlmsError, context: FailureContext): DlmsError {
  const code = classifyWholeText(context.text);
  if (code === "line/busy" || code === "line/idle-closed" || code === "line/not-dlms") {
    return new SessionError(code, `${textMeanings[code]}: "${context.text}"`, {
      cause: error,
      peerText: context.text,
    });
  }
  if (!isSilence(error)) return error;
  if (context.octetsIn === 0) {
    return new SessionError("line/silent", "the stream is open, but not one octet came", {
      cause: error,
    });
  }
  if (context.phase === "associating" && error.code !== "wrapper/no-answer") {
    return new ProtocolError("acse/no-answer", "the link is open, AARQ is not answered", {
      cause: error,
    });
  }
  return error;
}

/** As `isSilence`, also once it was explained. */
export function nobodyAnswers(error: unknown): boolean {
  return isSilence(error) || (error instanceof SessionError && error.code === "line/silent");
}
