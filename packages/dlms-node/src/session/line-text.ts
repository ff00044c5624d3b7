import type { SessionErrorCode } from "./session-error.ts";

/** Characters of a peer's text that are kept. */
export const peerTextMax = 80;

/** What serial-to-TCP converters say, each in its own words; matched without regard to case. */
const busyWords = ["already in use", "in use by", "port busy", "is busy", "already connected"];
const idleWords = ["inactivity", "idle timeout", "timed out", "session timeout"];
const otherProtocols = ["http/1.", "<html", "<!doctype", "ssh-", "220 ", "login:", "+ok "];

/** Fewer printable characters than this are taken for noise. */
const textCharactersMin = 4;

/** Appends octets as printable ASCII, one blank for anything else, up to `peerTextMax` characters. */
export function appendText(text: string, octets: Uint8Array): string {
  let appended = text;
  for (const octet of octets) {
    if (appended.length >= peerTextMax) break;
    if (octet > 0x20 && octet < 0x7f) appended += String.fromCharCode(octet);
    else if (appended !== "" && !appended.endsWith(" ")) appended += " ";
  }
  return appended;
}

/** What a known text means, as soon as it can be known; `undefined` while it may be noise. */
export function classifyText(text: string): SessionErrorCode | undefined {
  const lower = text.toLowerCase();
  if (busyWords.some((words) => lower.includes(words))) return "line/busy";
  if (idleWords.some((words) => lower.includes(words))) return "line/idle-closed";
  if (otherProtocols.some((words) => lower.includes(words))) return "line/not-dlms";
  return undefined;
}

/** As `classifyText` when nothing more will come: any text that is no noise is not DLMS. */
export function classifyWholeText(text: string): SessionErrorCode | undefined {
  const code = classifyText(text);
  if (code !== undefined) return code;
  return /[ -~]{4}/.test(text) && letters(text) >= textCharactersMin ? "line/not-dlms" : undefined;
}

function letters(text: string): number {
  return text.replaceAll(/[^A-Za-z]/g, "").length;
}

/** Sentences for people; the peer's words follow. */
export const textMeanings = {
  "line/busy": "the serial server's port is held by another client",
  "line/idle-closed": "the serial server closed the connection because it was idle",
  "line/not-dlms": "the peer does not speak DLMS",
} as const;
