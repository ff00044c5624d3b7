import { decodeAcse } from "../acse/codec.ts";
import { DecodeError } from "../error.ts";
import { concatOctets } from "../octets.ts";
import { BlockAssembly } from "../transfer/block-assembly.ts";
import type { Apdu, ApduLeniency } from "../xdlms/apdu.ts";
import type { GeneralBlockTransfer } from "../xdlms/general-block-transfer.ts";
import { type NamedKeys, octetsNamed } from "./key-ring.ts";
import { type Opened, openApdu } from "./opened-tree.ts";
import type { TranslationRequest } from "./request.ts";

/** Names of keys without which nothing opens. */
const openingKeys = ["guek", "gbek", "dedicated", "kek", "own_private"] as const;

/** Tags that only a server sends, so that its title is the sender's. */
const serverKinds = /-(response|notification|report|error)$|^initiate-response$/;

/** What APDUs read one after the other tell about those behind them: titles, keys, blocks. */
export class ApduContext {
  readonly leniency: ApduLeniency;
  readonly #keys: NamedKeys;
  readonly #crypto: TranslationRequest["crypto"];
  #clientTitle: Uint8Array | undefined;
  #serverTitle: Uint8Array | undefined;
  #blocks: BlockAssembly = new BlockAssembly();

  constructor(
    { keys, crypto }: Pick<TranslationRequest, "keys" | "crypto">,
    leniency: ApduLeniency = {},
  ) {
    this.#keys = keys;
    this.#crypto = crypto;
    this.leniency = leniency;
    this.#clientTitle = octetsNamed(keys, "client_system_title");
    this.#serverTitle = octetsNamed(keys, "server_system_title");
  }

  /** Learns the system titles of an AARQ or AARE; other octets tell nothing. */
  listen(apdu: Uint8Array): void {
    try {
      const acse = decodeAcse(apdu);
      if (acse.kind === "aarq") this.#clientTitle = acse.callingApTitle ?? this.#clientTitle;
      if (acse.kind === "aare") this.#serverTitle = acse.respondingApTitle ?? this.#serverTitle;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
  }

  /**
   * What a ciphered APDU holds; undefined where no key is there to open it.
   * @throws {DecodeError | ProtocolError} it does not open with the keys that are there.
   */
  open(apdu: Apdu): Opened | undefined {
    if (this.#crypto === undefined) return undefined;
    if (!openingKeys.some((name) => this.#keys[name] !== undefined)) return undefined;
    const learned = serverKinds.test(apdu.kind) ? this.#serverTitle : this.#clientTitle;
    const sender = octetsNamed(this.#keys, "system_title") ?? learned;
    return openApdu(apdu, {
      crypto: this.#crypto,
      keys: this.#keys,
      required: "none",
      ...(sender === undefined ? {} : { sender }),
    });
  }

  /** The whole APDU with its last block; undefined before. */
  takeBlock(block: GeneralBlockTransfer): Uint8Array | undefined {
    if (this.#blocks.restarts(block)) this.#blocks = new BlockAssembly();
    this.#blocks.accept(block);
    if (!this.#blocks.complete) return undefined;
    const whole = concatOctets([this.#blocks.finish()]);
    this.#blocks = new BlockAssembly();
    return whole;
  }
}
