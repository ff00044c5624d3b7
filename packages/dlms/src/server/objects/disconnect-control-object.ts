/**
 * Disconnect control of a server (class 70, Blue Book 4.5.8). Transitions by letter:
 *
 *   from \ to      disconnected     ready            connected
 *   disconnected                    d remote         a remote
 *   ready          c remote                          e manual, h local
 *   connected      b remote         f manual, g local
 *
 * `control_mode` says which of them the meter makes; 0 keeps it connected.
 */
import { disconnectControl } from "../../cosem/attributes/objects.ts";
import type { ObisText } from "../../cosem/descriptor.ts";
import type { ActionResult } from "../../xdlms/data-access-result.ts";
import type { ServerObject } from "../object.ts";
import { serveObject } from "./serve-object.ts";

/** States of class 70 attribute 3. */
export type ControlState = "disconnected" | "connected" | "ready-for-reconnection";

/** Who wants the state changed, and how. */
export type ControlCommand =
  | "remote-disconnect"
  | "remote-reconnect"
  | "manual-disconnect"
  | "manual-reconnect"
  | "local-disconnect"
  | "local-reconnect";

/** Transitions each control mode allows, by their letters. */
const transitionsOfMode = ["", "bcdefg", "abcefg", "bcdeg", "abceg", "bcdefgh", "bcdegh"] as const;

interface Transition {
  readonly letter: string;
  readonly command: ControlCommand;
  readonly from: ControlState;
  readonly to: ControlState;
}

const ready = "ready-for-reconnection";
const transitions: readonly Transition[] = [
  { letter: "a", command: "remote-reconnect", from: "disconnected", to: "connected" },
  { letter: "b", command: "remote-disconnect", from: "connected", to: "disconnected" },
  { letter: "c", command: "remote-disconnect", from: ready, to: "disconnected" },
  { letter: "d", command: "remote-reconnect", from: "disconnected", to: ready },
  { letter: "e", command: "manual-reconnect", from: ready, to: "connected" },
  { letter: "f", command: "manual-disconnect", from: "connected", to: ready },
  { letter: "g", command: "local-disconnect", from: "connected", to: ready },
  { letter: "h", command: "local-reconnect", from: ready, to: "connected" },
];

/** The state after a command; undefined where the mode or the state does not allow it. */
export function controlStateAfter(
  mode: number,
  state: ControlState,
  command: ControlCommand,
): ControlState | undefined {
  const allowed = transitionsOfMode[mode] ?? "";
  return transitions.find(
    (transition) =>
      transition.command === command &&
      transition.from === state &&
      allowed.includes(transition.letter),
  )?.to;
}

/** Where the supply stands at first, and who is told when it is switched. */
export interface ServedDisconnectControlOptions {
  /** 0..6 */
  readonly mode: number;
  /** Absent: connected. */
  readonly state?: ControlState;
  /** Told when the supply is switched. */
  readonly switched?: (connected: boolean) => void;
}

/** The object, and the way to it from within the meter. */
export interface ServedDisconnectControl {
  readonly object: ServerObject;
  readonly state: ControlState;
  /** A command from a client, a person or the meter itself. */
  command(command: ControlCommand): ActionResult;
}

/** Disconnect control (class 70). */
export function servedDisconnectControl(
  logicalName: ObisText,
  options: ServedDisconnectControlOptions,
): ServedDisconnectControl {
  let mode = options.mode;
  let state: ControlState = options.state ?? "connected";
  const command = (wanted: ControlCommand): ActionResult => {
    const next = controlStateAfter(mode, state, wanted);
    if (next === undefined) return "other-reason";
    const changes = (next === "connected") !== (state === "connected");
    state = next;
    if (changes) options.switched?.(next === "connected");
    return "success";
  };
  const object = serveObject(disconnectControl(logicalName), {
    outputState: { read: () => state === "connected" },
    controlState: { read: () => state },
    controlMode: {
      read: () => mode,
      write: (wanted) => {
        if (transitionsOfMode[wanted] === undefined) return "other-reason";
        mode = wanted;
        return "success";
      },
    },
    remoteDisconnect: () => command("remote-disconnect"),
    remoteReconnect: () => command("remote-reconnect"),
  });
  return {
    object,
    command,
    get state() {
      return state;
    },
  };
}
