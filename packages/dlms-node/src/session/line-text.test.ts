import { expect, test } from "vitest";
import fc from "fast-check";
import { appendText, classifyText, classifyWholeText, peerTextMax } from "./line-text.ts";

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

test("keeps printable characters, one blank for anything else, and no more than the limit", () => {
  expect(appendText("", ascii("\r\nPort already\tin use\r\n"))).toBe("Port already in use ");
  expect(appendText("Port ", ascii(" 1"))).toBe("Port 1");
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 6 }), (pieces) => {
      let text = "";
      for (const piece of pieces) text = appendText(text, piece);
      expect(text.length).toBeLessThanOrEqual(peerTextMax);
      expect(text).toMatch(/^[ -~]*$/);
    }),
  );
});

test.each([
  ["Port already in use ", "line/busy"],
  ["Port in use by another connection", "line/busy"],
  ["The line is busy", "line/busy"],
  ["Closing socket due to inactivity (30 sec)", "line/idle-closed"],
  ["HTTP/1.1 400 Bad Request", "line/not-dlms"],
  ["SSH-2.0-OpenSSH_9.2", "line/not-dlms"],
  ["220 mail ready", "line/not-dlms"],
  ["Port alr", undefined],
  ["", undefined],
])("takes %j for %s as soon as it can", (text, code) => {
  expect(classifyText(text)).toBe(code);
});

test.each([
  ["Welcome to the machine room", "line/not-dlms"],
  ["Port already in use", "line/busy"],
  ["~ ! a b", undefined],
  ["0 1 2 3 4 5", undefined],
])("takes %j, when it is all there is, for %s", (text, code) => {
  expect(classifyWholeText(text)).toBe(code);
});
