import type { DatabaseSync } from "node:sqlite";
import type { Reference } from "./draft.ts";
import { GatewayError } from "../errors.ts";
import type { Line, Meter, SinkDefinition } from "./model.ts";
import { nearest } from "./nearest.ts";
import { type Match, readLines, readMeters, readSinks } from "./registry-tables.ts";

/** A name first, also one made of digits; then a number. */
function findIn<T>(read: (match: Match) => readonly T[], reference: Reference): T | undefined {
  if (typeof reference === "number") return read({ id: reference })[0];
  const named = read({ name: reference })[0];
  if (named !== undefined || !/^\d{1,15}$/.test(reference)) return named;
  return read({ id: Number(reference) })[0];
}

type Kind = "line" | "meter" | "sink";

/** The error for something that is not there, naming what is there under a similar name. */
export function noSuch(
  kind: Kind | "template",
  reference: Reference,
  known: readonly { readonly name: string }[],
): GatewayError {
  const name = String(reference);
  const near = nearest(
    name,
    known.map((item) => item.name),
  ).join(", ");
  const hint = near === "" ? "" : `; there is ${near}`;
  return new GatewayError(`registry/no-such-${kind}`, `there is no ${kind} "${name}"${hint}`, {
    params: { name, nearest: near },
  });
}

export function findLine(database: DatabaseSync, reference: Reference): Line | undefined {
  return findIn((match) => readLines(database, match), reference);
}

export function findMeter(database: DatabaseSync, reference: Reference): Meter | undefined {
  return findIn((match) => readMeters(database, match), reference);
}

export function findSink(database: DatabaseSync, reference: Reference): SinkDefinition | undefined {
  return findIn((match) => readSinks(database, match), reference);
}

/** @throws {GatewayError} `registry/no-such-line` */
export function getLine(database: DatabaseSync, reference: Reference): Line {
  const found = findLine(database, reference);
  if (found === undefined) throw noSuch("line", reference, readLines(database));
  return found;
}

/** @throws {GatewayError} `registry/no-such-meter` */
export function getMeter(database: DatabaseSync, reference: Reference): Meter {
  const found = findMeter(database, reference);
  if (found === undefined) throw noSuch("meter", reference, readMeters(database));
  return found;
}

/** @throws {GatewayError} `registry/no-such-sink` */
export function getSink(database: DatabaseSync, reference: Reference): SinkDefinition {
  const found = findSink(database, reference);
  if (found === undefined) throw noSuch("sink", reference, readSinks(database));
  return found;
}

/** @throws {GatewayError} `registry/name-taken` */
export function refuseTakenName(
  kind: Kind | "template",
  name: string,
  holder: { readonly id: number } | undefined,
  ownId: number | undefined,
): void {
  if (holder === undefined || holder.id === ownId) return;
  throw new GatewayError("registry/name-taken", `there is a ${kind} "${name}" already`, {
    params: { kind, name },
  });
}
