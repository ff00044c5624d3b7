import { describe, expect, it } from "vitest";
import type { HlsDialogue, HlsMechanismFunctions } from "../security/hls-dialogue.ts";
import { titleOf } from "../security/hls-dialogue.ts";
import { clientHls } from "./protection.ts";

const configured = new Uint8Array(8).fill(1);
const said = new Uint8Array(8).fill(2);

/** Proves the server's title itself. */
const titles: HlsMechanismFunctions = {
  prove: (_, dialogue) => titleOf("server", dialogue),
  verify: (_, proof, dialogue) =>
    titleOf("server", dialogue).every((octet, at) => octet === proof[at]),
};

function dialogue(serverSystemTitle: Uint8Array | undefined): HlsDialogue {
  return {
    clientToServer: new Uint8Array(16).fill(3),
    serverToClient: new Uint8Array(16).fill(4),
    clientSystemTitle: undefined,
    serverSystemTitle,
  };
}

describe("a meter that leaves its system title out of the AARE", () => {
  const hls = clientHls(titles, new Uint8Array(16).fill(3), undefined, configured);

  it("is proved with the title it is configured with", () => {
    expect(hls.reply(dialogue(undefined))).toEqual(configured);
    expect(hls.verify(configured, dialogue(undefined))).toBe(true);
  });

  it("is taken at its word when it says one", () => {
    expect(hls.reply(dialogue(said))).toEqual(said);
    expect(hls.verify(configured, dialogue(said))).toBe(false);
  });

  it("is refused when nobody knows it", () => {
    const ignorant = clientHls(titles, new Uint8Array(16).fill(3));
    expect(() => ignorant.reply(dialogue(undefined))).toThrow("system title is not known");
  });
});
