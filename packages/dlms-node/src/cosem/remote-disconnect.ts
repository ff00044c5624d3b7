/** Switching the supply of a meter (class 70). */
import { disconnectControl, type ObisText } from "@lectura/dlms/cosem";
import type { ActionResult, DataAccessResult } from "@lectura/dlms/xdlms";
import type { RequestOptions } from "../session/session.ts";
import { invokeMethod, type ProcedureSession, readAttributes } from "./typed-access.ts";

/** Options of the supply's procedures. */
export interface DisconnectRequest extends RequestOptions {
  /** Absent: 0-0:96.3.10*255. */
  readonly logicalName?: ObisText;
}

/** Where the supply stands. */
export type SupplyState =
  | {
      readonly ok: true;
      /** True: connected. */
      readonly outputState: boolean;
      /** A number where the meter has one of its own. */
      readonly controlState: "disconnected" | "connected" | "ready-for-reconnection" | number;
      /** 0..6. */
      readonly controlMode: number;
    }
  | { readonly ok: false; readonly reason: DataAccessResult };

/** What a command came to, and where the supply stands after it. */
export interface SupplyCommandResult {
  readonly result: ActionResult;
  readonly state: SupplyState;
}

const usualName = "0.0.96.3.10.255";

/** State and mode, in one round trip where the meter takes lists. */
export async function readSupplyState(
  session: ProcedureSession,
  request: DisconnectRequest = {},
): Promise<SupplyState> {
  const object = disconnectControl(request.logicalName ?? usualName);
  const { outputState, controlState, controlMode } = object;
  const [output, state, mode] = await readAttributes(
    session,
    [outputState, controlState, controlMode],
    request,
  );
  for (const result of [output, state, mode]) {
    if (!result.ok) return { ok: false, reason: result.reason };
  }
  if (!output.ok || !state.ok || !mode.ok) return { ok: false, reason: "other-reason" };
  return {
    ok: true,
    outputState: output.value,
    controlState: state.value,
    controlMode: mode.value,
  };
}

/**
 * Disconnects the supply, then reads where it stands: a meter may take the command and open its
 * contactor later. A lost answer is `xdlms/unknown-outcome` and is never repeated by itself.
 */
export function remoteDisconnect(
  session: ProcedureSession,
  request: DisconnectRequest = {},
): Promise<SupplyCommandResult> {
  return command(session, "remoteDisconnect", request);
}

/** Reconnects, or makes ready for a person to do so: the control mode decides. As `remoteDisconnect`. */
export function remoteReconnect(
  session: ProcedureSession,
  request: DisconnectRequest = {},
): Promise<SupplyCommandResult> {
  return command(session, "remoteReconnect", request);
}

async function command(
  session: ProcedureSession,
  name: "remoteDisconnect" | "remoteReconnect",
  request: DisconnectRequest,
): Promise<SupplyCommandResult> {
  const method = disconnectControl(request.logicalName ?? usualName)[name];
  const { result } = await invokeMethod(session, method, 0, request);
  return { result, state: await readSupplyState(session, request) };
}
