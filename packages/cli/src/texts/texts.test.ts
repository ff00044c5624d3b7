import { protocolErrors } from "@lectura/dlms/octets";
import {
  keyChangeErrors,
  portErrors,
  securitySettingsErrors,
  sessionErrors,
} from "@lectura/dlms-node";
import { gatewayErrors } from "@lectura/gateway";
import { simulatorErrors } from "@lectura/simulator";
import { describe, expect, test } from "vitest";
import { errorText, hasErrorText } from "./error-texts.ts";
import { englishErrors } from "./errors-en-table.ts";
import { spanishErrors } from "./errors-es-table.ts";
import { type Language, languages } from "./language.ts";
import { english } from "./texts-en.ts";
import { spanish } from "./texts-es.ts";
import { fill } from "./texts.ts";

const codes = [
  protocolErrors,
  portErrors,
  sessionErrors,
  securitySettingsErrors,
  keyChangeErrors,
  gatewayErrors,
  simulatorErrors,
].flatMap((table) => Object.keys(table));
const places = (text: string): readonly string[] => (text.match(/\{\w+\}/g) ?? []).toSorted();

describe.for(languages)("in %s", (language: Language) => {
  test("every error code has a cause and a next step", () => {
    expect(codes.filter((code) => !hasErrorText(code, language))).toEqual([]);
    for (const code of codes) {
      const { message, next } = errorText(code, {}, "detail", language);
      expect(message, code).not.toBe("");
      expect(next, code).not.toBe("");
    }
  });
});

test("both languages tell the same facts", () => {
  expect(Object.keys(spanishErrors).toSorted()).toEqual(Object.keys(englishErrors).toSorted());
  for (const [code, { message, next }] of Object.entries(englishErrors)) {
    expect(places(spanishErrors[code]?.message ?? ""), code).toEqual(places(message));
    expect(places(spanishErrors[code]?.next ?? ""), code).toEqual(places(next));
  }
  for (const [name, sentence] of Object.entries(english.sentences)) {
    expect(places(spanish.sentences[name as keyof typeof spanish.sentences]), name).toEqual(
      places(sentence),
    );
  }
});

test("a malformed unit of any layer has one text", () => {
  const { message } = errorText("axdr/malformed", {}, "Data at octet 3", "en");
  expect(message).toBe("The meter sent octets that do not decode: Data at octet 3");
});

test("a place without a parameter stays visible", () => {
  expect(fill("{a} and {b}", { a: 1 })).toBe("1 and {b}");
});
