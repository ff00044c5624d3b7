/** A file that a simulated meter is made of: objects with values, or a recorded session. */
import { parseRecording, type Recording } from "@lectura/dlms-node";
import { MeterFileError } from "../simulator-error.ts";
import { type MeterExport, meterExportOf } from "./meter-export.ts";

/** What a file describes. */
export type MeterSource =
  | { readonly kind: "objects"; readonly meter: MeterExport }
  | { readonly kind: "recording"; readonly recording: Recording };

/** Characters of one file; a longer one is refused. */
export const meterFileMax: number = 16 * 1024 * 1024;

/**
 * Reads either form, told apart by its first line.
 * @throws {MeterFileError} simulator/file-format: neither; simulator/file-invalid: says where;
 * simulator/file-secret: a password or key is in it
 */
export function parseMeterFile(text: string): MeterSource {
  if (text.length > meterFileMax) {
    throw new MeterFileError(
      "simulator/file-format",
      "the file",
      `has more than ${meterFileMax} characters`,
    );
  }
  const [first = ""] = text.trimStart().split("\n", 1);
  if (/^\{\s*"recording"/.test(first)) return recordingOf(text);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new MeterFileError("simulator/file-format", "the file", "is no JSON", { cause: error });
  }
  return { kind: "objects", meter: meterExportOf(json) };
}

function recordingOf(text: string): MeterSource {
  let recording: Recording;
  try {
    recording = parseRecording(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new MeterFileError("simulator/file-invalid", "the recording", error.message, {
      cause: error,
    });
  }
  if (recording.secrets === "present") {
    throw new MeterFileError("simulator/file-secret", "line 1", "the recording is not masked");
  }
  return { kind: "recording", recording };
}
