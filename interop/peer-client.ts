/** A peer as a client; its process speaks the lines of `peers/line_protocol.py`. */
import type { Answer, Driver, Member, Place, Request, Typed } from "./exchange.ts";
import { type Command, PeerProcess } from "./peer-process.ts";
import { securityWords } from "./peer-words.ts";

/** Longer than the peers' own timeouts of 5 s, so that it is their error that is seen. */
const answerWithinMs = 10_000;
/** Invocation counters one association may use: the next one begins above them. */
const countersPerAssociation = 1000;

/** The last one given out: meters refuse a counter that comes again, whoever sends it. */
export interface PeerCounters {
  last: number;
}

export class PeerClient implements Driver {
  readonly #command: Command;
  #process: PeerProcess | undefined;
  readonly #counters: PeerCounters;

  constructor(command: Command, counters: PeerCounters) {
    this.#command = command;
    this.#counters = counters;
  }

  open(place: Place): Promise<Answer> {
    const { port, framing, address, security } = place;
    const { size, upper, lower } = address;
    this.#counters.last += countersPerAssociation;
    const words = [
      `port=${port}`,
      `framing=${framing}`,
      `size=${size}`,
      `upper=${upper}`,
      `lower=${lower}`,
      `counter=${this.#counters.last}`,
      ...securityWords(security, "client"),
    ];
    return this.ask(`session ${words.join(" ")}`);
  }

  perform(request: Request): Promise<Answer> {
    return this.ask(requestLine(request));
  }

  close(): Promise<Answer> {
    return this.ask("end");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
  }

  /** One line to the process, started where there is none, and its answer. */
  async ask(line: string): Promise<Answer> {
    this.#process ??= new PeerProcess(this.#command);
    const process = this.#process;
    process.write(line);
    const answer = await process.line(answerWithinMs);
    if (answer !== undefined) return JSON.parse(answer) as Answer;
    const notes = process.notes().at(-1) ?? "";
    const ended = process.ended ? "the process ended" : `no answer within ${answerWithinMs} ms`;
    // A process that owes an answer cannot be asked again.
    this.#process = undefined;
    await process[Symbol.asyncDispose]();
    return { ok: false, error: `${ended} ${notes}`.trim() };
  }
}

function requestLine(request: Request): string {
  switch (request.kind) {
    case "get":
      return `get ${memberText(request.attribute)}`;
    case "list":
    case "access":
      return `${request.kind} ${request.attributes.map(memberText).join(" ")}`;
    case "entry":
      return `entry ${request.name} ${request.first} ${request.last}`;
    case "range":
      return `range ${request.name} ${request.fromMs / 1000} ${request.toMs / 1000}`;
    case "set":
      return `set ${memberText(request.attribute)} ${typedText(request.value)}`;
    case "action":
      return `action ${memberText(request.method)} ${typedText(request.parameter)}`;
  }
}

function memberText({ classId, name, id }: Member): string {
  return `${classId}:${name}:${id}`;
}

function typedText(typed: Typed): string {
  const value =
    typed.type === "octet-string" ? Buffer.from(typed.value).toString("hex") : typed.value;
  return `${typed.type}:${value}`;
}
