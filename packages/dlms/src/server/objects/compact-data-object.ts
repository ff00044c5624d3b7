/** Compact data of a server (class 62, Blue Book 4.3.10). */
import { compactDataObject } from "../../cosem/attributes/objects.ts";
import { encodeCaptureObject } from "../../cosem/capture-object.ts";
import { type CompactDataOptions, encodeCompactBuffer } from "../../cosem/compact-data.ts";
import {
  type CompactType,
  compactTypeOf,
  encodeCompactTemplate,
} from "../../cosem/compact-template.ts";
import type { ObisText } from "../../cosem/descriptor.ts";
import type { AccessContext, ServerObject } from "../object.ts";
import type { ServedColumn } from "./profile-object.ts";
import { fixed, serveObject } from "./serve-object.ts";

/** What compact data captures, and when. */
export interface ServedCompactDataOptions extends CompactDataOptions {
  /** 0..255 */
  readonly templateId: number;
  /** What is captured, template_id itself included where the buffer is to begin with it. */
  readonly objects: readonly ServedColumn[];
  /** "implicit": reading the buffer captures. "invoked": only the method does. */
  readonly captureMethod: "invoked" | "implicit";
}

/** Compact data (class 62). The template is of the values captured last; before that, of now. */
export function servedCompactData(
  logicalName: ObisText,
  options: ServedCompactDataOptions,
): ServerObject {
  const { objects, templateId, captureMethod } = options;
  let types: readonly CompactType[] | undefined;
  let buffer: Uint8Array = new Uint8Array(0);
  const describe = (context: AccessContext): readonly CompactType[] =>
    objects.map((object) => compactTypeOf(object.capture(context), options));
  const capture = (context: AccessContext): void => {
    const values = objects.map((object) => object.capture(context));
    types = values.map((value) => compactTypeOf(value, options));
    buffer = encodeCompactBuffer(values, types, options);
  };
  const object = serveObject(compactDataObject(logicalName), {
    buffer: {
      read: (context) => {
        if (captureMethod === "implicit") capture(context);
        return buffer;
      },
    },
    captureObjects: fixed(objects.map((object) => encodeCaptureObject(object))),
    templateId: fixed(templateId),
    templateDescription: {
      read: (context) => encodeCompactTemplate(types ?? describe(context), options),
    },
    captureMethod: fixed(captureMethod),
    reset: () => {
      buffer = new Uint8Array(0);
      return "success";
    },
    capture: (_, context) => {
      capture(context);
      return "success";
    },
  });
  // Version 1 differs in its capture objects, which restrict and select columns.
  return { ...object, version: 0 };
}
