/** Invocation counter as an object (class 1, 0.0.43.1.x.255), for clients about to cipher. */
import { u32 } from "../../axdr/construct.ts";
import { obis, type ObisCode } from "../../cosem/obis.ts";
import type { ServerObject } from "../object.ts";

/** Where the object is, and what it answers. */
export interface InvocationCounterObjectOptions {
  /** Absent = 0.0.43.1.0.255; value group E tells the security setups apart. */
  readonly logicalName?: ObisCode;
  /** The highest counter accepted of the client, 0..2^32 - 1; 0 while none was. */
  readonly last: () => number;
}

/** Give it to the public client's view: nothing about it is secret. */
export function invocationCounterObject(options: InvocationCounterObjectOptions): ServerObject {
  const { logicalName = obis("0.0.43.1.0.255"), last } = options;
  return {
    classId: 1,
    version: 0,
    logicalName,
    attributes: { 2: { read: () => u32(last()) } },
  };
}
