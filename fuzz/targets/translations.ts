import { nodeCrypto } from "@lectura/dlms-node";
import { fromHex, toHex } from "@lectura/dlms/octets";
import {
  type Json,
  type LayerName,
  layerNames,
  translate,
  translateUnknown,
} from "@lectura/dlms/translate";
import type { Vector } from "@lectura/testkit";
import { apdus, frames, vectorOctets, vectors } from "../corpus.ts";
import { ownGiven, ownKeys } from "../own-questions.ts";
import { type FuzzTarget, program, Steps } from "../target.ts";

type Facts = Readonly<Record<string, unknown>>;

interface Question {
  readonly octets: Uint8Array;
  readonly keys: Facts;
  readonly given: Facts;
}

const factsOf = (value: unknown): Facts =>
  typeof value === "object" && value !== null ? (value as Facts) : {};

function questionsOf(layer: LayerName): Question[] {
  const asked = vectors
    .filter((vector: Vector) => vector.layer === layer)
    .map(({ hex, keys, given }) => ({
      octets: fromHex(hex ?? ""),
      keys: factsOf(keys),
      given: factsOf(given),
    }));
  if (asked.length > 0) return asked;
  return [{ octets: new Uint8Array(0), keys: ownKeys, given: ownGiven[layer] ?? {} }];
}

/** Lists of octets in the question: a stranger's octets too, so they are made from the input. */
const lists = ["steps", "received", "then_received"] as const;

function stringsOf(question: Question): Uint8Array[] {
  const { steps, received } = question.given;
  if (Array.isArray(steps)) {
    return (steps as readonly { hex: string }[]).map(({ hex }) => fromHex(hex));
  }
  return Array.isArray(received) ? (received as readonly string[]).map(fromHex) : [];
}

function givenOf(question: Question, input: Uint8Array): Facts {
  const present = lists.filter((name) => name in question.given);
  if (present.length === 0) return question.given;
  const reader = new Steps(input);
  const strings: Uint8Array[] = [];
  while (!reader.done && strings.length < 64) strings.push(reader.string());
  const made = Object.fromEntries(
    present.map((name) => [
      name,
      name === "steps"
        ? strings.map((octets, at) => ({ dir: at % 2 === 0 ? "tx" : "rx", hex: toHex(octets) }))
        : strings.map(toHex),
    ]),
  );
  return { ...question.given, ...made };
}

const telling: ReadonlySet<string> = new Set(["apdu", "type", "t", "valid", "kind", "reason"]);
const membersMax = 10;

/** A name, and no octets in hex. */
const isWord = (node: unknown): boolean => /^(?=.*[g-z])[a-z-]{1,40}$/i.test(String(node));

/** The first members of a tree by name, and the values of those that say what it is. */
function shapeOf(value: Json): string {
  const members: string[] = [];
  const look = (node: Json | undefined, name: string): void => {
    if (members.length >= membersMax) return;
    if (node !== null && typeof node === "object") {
      if (!Array.isArray(node)) members.push(name);
      for (const [key, member] of Object.entries(node)) {
        look(member as Json, Array.isArray(node) ? name : key);
      }
    } else members.push(telling.has(name) && isWord(node) ? `${name}=${String(node)}` : name);
  };
  look(value, "");
  return members.join();
}

function layerTarget(layer: LayerName): FuzzTarget {
  const questions = questionsOf(layer);
  const spare =
    questions[0]!.octets.length > 0 || questions.length > 1
      ? []
      : [...frames, ...apdus, ...vectorOctets("mbus-wired")];
  return {
    name: `translate/${layer}`,
    throws: "typed",
    corpus: [
      ...questions.map((question, at) => {
        const strings = stringsOf(question);
        return strings.length > 0
          ? Uint8Array.of(at & 0xff, ...program(...strings))
          : Uint8Array.of(at & 0xff, ...question.octets);
      }),
      ...spare.map((octets) => Uint8Array.of(0, ...octets)),
    ].map((octets) => octets.subarray(0, 4096)),
    run(input) {
      const question = questions[(input[0] ?? 0) % questions.length]!;
      const octets = input.subarray(1);
      const given = givenOf(question, octets);
      const value = translate(layer, { octets, keys: question.keys, given, crypto: nodeCrypto });
      return shapeOf(value);
    },
  };
}

const unknown: FuzzTarget = {
  name: "translate/unknown",
  throws: "typed",
  corpus: [...frames, ...apdus],
  run: (input) => translateUnknown(input).layer,
};

export const translationTargets: readonly FuzzTarget[] = [unknown, ...layerNames.map(layerTarget)];
