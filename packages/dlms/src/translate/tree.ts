/** What octets are, part by part, each with the octets it stands in. */
import type { CatalogueLanguage } from "../cosem/catalogue.ts";
import { DecodeError, DlmsError } from "../error.ts";
import { fromHex, OctetReader } from "../octets.ts";
import { detectFraming } from "../push/detect.ts";
import { ApduContext } from "./apdu-context.ts";
import { addApdu, addDerived } from "./apdu-nodes.ts";
import { addData } from "./data-nodes.ts";
import { addFrame } from "./frame-nodes.ts";
import type { Json } from "./json.ts";
import { type LayerName, translate } from "./layers.ts";
import { NodeBuilder, translationErrorOf } from "./node-builder.ts";
import type { DraftNode, TranslationError, TranslationNode } from "./node.ts";
import type { TranslationRequest } from "./request.ts";
import {
  addApduStream,
  addHdlcStream,
  addMbusStream,
  addUnit,
  addWrapperStream,
  Segments,
} from "./stream-nodes.ts";
import { addDateTime, addRawAlarm, addSignOnLine, addWrapper } from "./unit-nodes.ts";

/** What octets are, as a tree with their places. */
export interface TranslationTree {
  readonly layer: LayerName;
  /** The whole of the octets, `[0, length)`. */
  readonly root: TranslationNode;
  /** The first thing that could not be read; the tree goes up to it. */
  readonly error?: TranslationError;
}

/** How to name what is found. */
export interface TreeOptions {
  /** Language of the notes that name objects; English unless told. */
  readonly language?: CatalogueLanguage;
}

interface Task {
  readonly builder: NodeBuilder;
  readonly reader: OctetReader;
  readonly context: ApduContext;
  readonly request: TranslationRequest;
}

const apduTask = ({ builder, reader, context }: Task): void => addApdu(builder, reader, context);
const frameTask = ({ builder, reader, context }: Task): void => {
  const segments = new Segments();
  addFrame(builder, reader, (contents) => addUnit(builder, contents, context, segments));
};
const streamTask = ({ builder, reader, context }: Task): void =>
  addHdlcStream(builder, reader, context);
const wrapperTask = ({ builder, reader, context }: Task): void => {
  addWrapper(builder, reader, (apdu) => addApdu(builder, apdu, context));
  reader.finish("unit");
};
const rawAlarmTask = ({ builder, reader }: Task): void => addRawAlarm(builder, reader);
const dataTask = ({ builder, reader }: Task): void => {
  addData(builder, reader, "data");
  reader.finish("Data");
};
const pushTask = (task: Task): void => {
  const { builder, reader, context } = task;
  const framing = detectFraming(reader.octets, reader.offset, reader.end);
  if (framing === "hdlc") addHdlcStream(builder, reader, context);
  else if (framing === "mbus") addMbusStream(builder, reader, context);
  else if (framing === "wrapper") addWrapperStream(builder, reader, context);
  else addApduStream(builder, reader, context);
};

/** Layers whose octets have parts. The others are one part: keys, signatures, digests. */
const tasks: Readonly<Partial<Record<LayerName, (task: Task) => void>>> = {
  apdu: apduTask,
  "apdu-lenient": apduTask,
  "ciphered-apdu": apduTask,
  "axdr-data": dataTask,
  "profile-buffer": dataTask,
  "cosem-datetime": ({ builder, reader }) => addDateTime(builder, reader),
  "gbt-procedure": ({ builder, reader, context }) => addApduStream(builder, reader, context),
  "hdlc-frame": frameTask,
  "hdlc-stream": streamTask,
  "hdlc-exchange": streamTask,
  "iec62056-21": ({ builder, reader }) => addSignOnLine(builder, reader),
  "mbus-wired": ({ builder, reader, context }) => addMbusStream(builder, reader, context),
  "push-hdlc": streamTask,
  "push-mbus": ({ builder, reader, context }) => addMbusStream(builder, reader, context),
  "push-raw": pushTask,
  "raw-push": rawAlarmTask,
  "session-hdlc": sessionTask,
  "session-wrapper": sessionTask,
  wrapper: wrapperTask,
  "wrapper-lenient": wrapperTask,
  "wrapper-stream": ({ builder, reader, context }) => addWrapperStream(builder, reader, context),
};

/** Every step is a buffer of its own: a dialogue has no octets but its steps'. */
function sessionTask({ builder, context, request }: Task): void {
  const { steps } = request.given;
  const segments = new Segments();
  for (const [index, step] of (Array.isArray(steps) ? steps : []).entries()) {
    const { dir, hex } = step as { readonly dir?: unknown; readonly hex?: unknown };
    if (typeof hex !== "string") continue;
    addDerived(builder, `step[${index}]`, fromHex(hex), (reader) => {
      builder.note(String(dir));
      if (reader.peek() === 0x7e) {
        const frame = new OctetReader(reader.octets, "hdlc");
        addFrame(builder, frame, (contents) => addUnit(builder, contents, context, segments));
        reader.offset = reader.end;
      } else {
        const unit = new OctetReader(reader.octets, "wrapper");
        addWrapper(builder, unit, (apdu) => addApdu(builder, apdu, context));
        reader.offset = reader.end;
      }
    });
  }
}

const layerOfReader: Readonly<Partial<Record<LayerName, OctetReader["layer"]>>> = {
  "axdr-data": "axdr",
  "profile-buffer": "axdr",
  "cosem-datetime": "cosem",
  "mbus-wired": "mbus",
  wrapper: "wrapper",
  "wrapper-lenient": "wrapper",
  "wrapper-stream": "wrapper",
};

/**
 * The parts of octets, each with its place. Never throws for what the octets are: the tree goes up
 * to what cannot be read, and says what that is. @throws {RangeError} the question is malformed.
 */
export function translateTree(
  layer: LayerName,
  request: TranslationRequest,
  options: TreeOptions = {},
): TranslationTree {
  const { octets } = request;
  const root: DraftNode = { name: layer, range: [0, octets.length] };
  const builder = new NodeBuilder(root, options.language);
  const reader = new OctetReader(octets, layerOfReader[layer] ?? "xdlms");
  const task = tasks[layer];
  try {
    if (task === undefined) addJson(builder, translate(layer, request), root.range);
    else task({ builder, reader, context: new ApduContext(request), request });
  } catch (error) {
    if (!(error instanceof DlmsError)) throw error;
    builder.failOnce(error);
  }
  const { failure } = builder;
  if (failure === undefined) return { layer, root };
  const at = failure instanceof DecodeError ? failure.offset : 0;
  return { layer, root, error: builder.problem ?? translationErrorOf(failure, at) };
}

/** Results that stand in no particular octets: all of them made each. */
function addJson(builder: NodeBuilder, value: Json, range: readonly [number, number]): void {
  if (value === null || typeof value !== "object") return;
  for (const [name, item] of Object.entries(value)) {
    if (item !== undefined) builder.add({ name, range: [...range], value: item });
  }
}
