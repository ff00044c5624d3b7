import type { RequestOptions, Session } from "@lectura/dlms-node";
import type { Context } from "../context.ts";
import { CliError } from "../problem.ts";
import { openWire, prepareWire, type WireOptions } from "./wire-options.ts";
import { endpointOf } from "./wire-stream.ts";
import { watchWire } from "./wire-watch.ts";

/** What a field tool works with: one session, and requests that end with Ctrl-C. */
export interface MeterAtHand {
  readonly session: Session;
  readonly request: RequestOptions & { readonly signal: AbortSignal };
}

/**
 * Opens a session as the options say, and releases and disconnects it however the work ends.
 * @throws {CliError} usage/endpoint-missing, and whatever the options are wrong in
 */
export async function withMeter<Result>(
  context: Context,
  options: WireOptions,
  work: (meter: MeterAtHand) => Promise<Result>,
): Promise<Result> {
  if (endpointOf(options) === undefined) throw new CliError("usage/endpoint-missing");
  using watch = watchWire(context, options);
  const wire = await prepareWire(context, options);
  await using session = await openWire(wire, watch.observer);
  return await work({ session, request: { signal: context.environment.interrupted } });
}

/** The meter's own no, as an error with a next step. */
export function refusal(what: string, reason: string): CliError {
  return new CliError("meter/refused", { what, reason });
}
