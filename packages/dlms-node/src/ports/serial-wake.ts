/**
 * Node 26.4 and later run promise callbacks behind a native callback only when the event loop goes
 * round for another reason, and serialport 13 answers by such callbacks (node-serialport issue
 * 3148, bindings-cpp pull request 239): octets would wait for the next timer. So the loop is made
 * to go round where the driver answers. Without effect on an older Node or a driver that is mended.
 */
import { clearInterval, setImmediate, setInterval } from "node:timers";
import type { SerialDriverPort } from "./serial-driver.ts";

/** How long an answer of the driver lies at most where it cannot be seen coming. */
const tickMs = 5;

/** Takes the loop round again whenever the line becomes readable or writable. */
export function wakeOnPoll(line: SerialDriverPort): Disposable {
  const poller = pollerOf(line);
  // On Windows there is no poller to be heard.
  if (poller === undefined) return ticking();
  const wake = (): void => void setImmediate(() => undefined);
  poller.on("readable", wake);
  poller.on("writable", wake);
  return { [Symbol.dispose]: () => undefined };
}

/** Takes the loop round until it is disposed. */
export function ticking(): Disposable {
  const timer = setInterval(() => undefined, tickMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

interface Poller {
  on(event: "readable" | "writable", take: () => void): unknown;
}

/** The binding's poller on Unix; `undefined` elsewhere and for another driver. */
function pollerOf(line: SerialDriverPort): Poller | undefined {
  if (!("port" in line) || !isObject(line.port) || !("poller" in line.port)) return undefined;
  const { poller } = line.port;
  return isObject(poller) && "on" in poller && typeof poller.on === "function"
    ? (poller as Poller)
    : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
