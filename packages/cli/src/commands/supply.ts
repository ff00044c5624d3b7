import {
  readSupplyState,
  remoteDisconnect,
  remoteReconnect,
  type SupplyState,
} from "@lectura/dlms-node";
import { confirmed } from "../confirmed.ts";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { CliError } from "../problem.ts";
import { objectName } from "./field-options.ts";
import { refusal, withMeter } from "./field-session.ts";
import type { WireOptions } from "./wire-options.ts";

export interface SupplyOptions extends WireOptions {
  readonly object?: string;
  readonly disconnect?: boolean;
  readonly connect?: boolean;
  readonly yes?: boolean;
}

type State = Extract<SupplyState, { ok: true }>;

const usualName = "0.0.96.3.10.255";

/** `supply`: whether the meter's contactor is closed; `--disconnect`, `--connect` switch it. */
export async function supply(context: Context, options: SupplyOptions): Promise<ExitCode> {
  const { output } = context;
  const { sentences } = output.texts;
  const logicalName = objectName(options.object, usualName);
  const off = options.disconnect === true;
  if (off && options.connect === true) {
    throw new CliError("usage/one-of", { names: "--disconnect, --connect" });
  }
  return withMeter(context, options, async ({ session, request }) => {
    const target = { ...request, logicalName };
    const before = stateOf(await readSupplyState(session, target), logicalName);
    writeState(context, before);
    if (!off && options.connect !== true) {
      output.document({ obis: logicalName, ...stateJson(before) });
      return exitCodes.done;
    }
    const question = off ? sentences.supplyDisconnect : sentences.supplyConnect;
    if (!(await confirmed(context, options.yes, question))) return exitCodes.failed;
    const { result, state } = await (off
      ? remoteDisconnect(session, target)
      : remoteReconnect(session, target));
    if (result !== "success") throw refusal(logicalName, result);
    const after = stateOf(state, logicalName);
    output.document({
      obis: logicalName,
      ...stateJson(after),
      command: off ? "disconnect" : "connect",
      before: stateJson(before),
    });
    output.line(output.colour.green(sentences.supplyDone));
    writeState(context, after);
    return exitCodes.done;
  });
}

function stateOf(state: SupplyState, logicalName: string): State {
  if (!state.ok) throw refusal(logicalName, state.reason);
  return state;
}

function stateJson({
  outputState,
  controlState,
  controlMode,
}: State): Readonly<Record<string, unknown>> {
  return { outputState, controlState, controlMode };
}

function writeState({ output }: Context, state: State): void {
  const { words } = output.texts;
  const { colour } = output;
  const row = (label: string, text: string): void => output.line(`${label.padEnd(14)} ${text}`);
  row(words.supply, state.outputState ? colour.green(words.on) : colour.red(words.off));
  row(words.state, controlText(state.controlState, words));
  row(words.controlMode, String(state.controlMode));
}

function controlText(
  state: State["controlState"],
  words: Context["output"]["texts"]["words"],
): string {
  switch (state) {
    case "connected":
      return words.supplyConnected;
    case "disconnected":
      return words.supplyDisconnected;
    case "ready-for-reconnection":
      return words.supplyReady;
    default:
      return String(state);
  }
}
