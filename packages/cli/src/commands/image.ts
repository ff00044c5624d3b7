import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { type ImageTransferResult, systemClock, transferImage } from "@lectura/dlms-node";
import { confirmed } from "../confirmed.ts";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { durationText } from "../format.ts";
import { CliError } from "../problem.ts";
import { Progress } from "../progress.ts";
import { fill } from "../texts/texts.ts";
import { objectName } from "./field-options.ts";
import { withMeter } from "./field-session.ts";
import type { WireOptions } from "./wire-options.ts";

export interface ImageOptions extends WireOptions {
  readonly object?: string;
  readonly id?: string;
  readonly resume?: boolean;
  readonly activate?: boolean;
  readonly yes?: boolean;
}

const usualName = "0.0.44.0.0.255";
/** Octets of an image that are held in memory; meters have a few megaoctets at most. */
const imageOctetsMax = 64 * 1024 * 1024;

/** `image FILE`: brings an image to the meter and has it verified; `--activate` makes it run. */
export async function image(
  context: Context,
  file: string,
  options: ImageOptions,
): Promise<ExitCode> {
  const { output } = context;
  const { sentences } = output.texts;
  const octets = await imageOf(file);
  const identification = identificationOf(file, options.id);
  const logicalName = objectName(options.object, usualName);
  const activate = options.activate === true;
  const id = options.id ?? basename(file);
  if (activate && !(await confirmed(context, options.yes, fill(sentences.imageQuestion, { id })))) {
    return exitCodes.failed;
  }
  using progress = new Progress(context);
  let first: { readonly blocks: number; readonly atMs: number } | undefined;
  try {
    const result = await withMeter(context, options, ({ session, request }) =>
      transferImage(session, {
        image: octets,
        identification,
        clock: systemClock,
        logicalName,
        activate,
        signal: request.signal,
        ...(options.resume === true ? { resumeFrom: "meter" as const } : {}),
        onProgress: ({ blocks, blocksTotal }) => {
          const atMs = systemClock.monotonicMs();
          // What the meter had before took no time now.
          first ??= { blocks: blocks - 1, atMs };
          const perBlockMs = (atMs - first.atMs) / (blocks - first.blocks);
          const leftMs = perBlockMs * (blocksTotal - blocks);
          const values = { blocks, total: blocksTotal, left: durationText(leftMs) };
          progress.show(blocks, blocksTotal, fill(sentences.imageProgress, values));
        },
      }),
    );
    progress.clear();
    return tell(context, result, { file, octets: octets.length, logicalName });
  } catch (error) {
    progress.clear();
    if (first !== undefined) output.note(fill(sentences.imageResume, { file }));
    throw error;
  }
}

async function imageOf(file: string): Promise<Uint8Array> {
  const octets = await readFile(file).catch((cause: unknown) => {
    throw new CliError("usage/file", { file }, { cause });
  });
  if (octets.length === 0 || octets.length > imageOctetsMax) {
    throw new CliError("usage/file", { file });
  }
  return octets;
}

/** Text as it stands, octets as `0x...`; the file's name where nothing is said. */
function identificationOf(file: string, text: string | undefined): Uint8Array {
  if (text === undefined) return new TextEncoder().encode(basename(file));
  const hex = /^0x((?:[0-9a-f]{2})+)$/i.exec(text)?.[1];
  return hex === undefined ? new TextEncoder().encode(text) : Uint8Array.fromHex(hex);
}

interface Sent {
  readonly file: string;
  readonly octets: number;
  readonly logicalName: string;
}

function tell(context: Context, result: ImageTransferResult, sent: Sent): ExitCode {
  const { output } = context;
  const { sentences } = output.texts;
  const { blocksSent } = result;
  if (!result.ok) {
    if (result.step === "transfer") output.note(fill(sentences.imageResume, { file: sent.file }));
    throw new CliError("meter/image-refused", { step: result.step, reason: result.reason });
  }
  const { state } = result;
  output.document({ obis: sent.logicalName, octets: sent.octets, blocksSent, state });
  const text = {
    activated: sentences.imageActivated,
    activating: sentences.imageActivating,
    verified: sentences.imageVerified,
  }[state];
  output.line(output.colour.green(fill(text, { ...sent, blocks: blocksSent })));
  return exitCodes.done;
}
