/** Image transfer of a server (class 18, Blue Book 4.4.6): takes blocks, verifies, activates. */
import { imageTransfer } from "../../cosem/attributes/objects.ts";
import type { ObisText } from "../../cosem/descriptor.ts";
import type { ActionResult } from "../../xdlms/data-access-result.ts";
import type { ServerObject } from "../object.ts";
import { fixed, serveObject } from "./serve-object.ts";

/** States of class 18 attribute 6. */
export type ImageStatus =
  | "not-initiated"
  | "initiated"
  | "verification-initiated"
  | "verification-successful"
  | "verification-failed"
  | "activation-initiated"
  | "activation-successful"
  | "activation-failed";

/** How a check or an activation stands: `pending` is asked again when a client asks again. */
export type ImageVerdict = "done" | "failed" | "pending";

/** What images a meter takes, and what it does with them. */
export interface ServedImageTransferOptions {
  /** Absent: 0-0:44.0.0*255. */
  readonly logicalName?: ObisText;
  /** Octets of one block. */
  readonly blockOctets: number;
  /** Octets of one image at most; a larger one is refused. Absent: 4 MiB. */
  readonly imageOctetsMax?: number;
  /** Absent: true. */
  readonly enabled?: () => boolean;
  /** Absent: every image is good. */
  readonly verify?: (image: Uint8Array, identifier: Uint8Array) => ImageVerdict;
  /** Absent: at once. */
  readonly activate?: (image: Uint8Array) => ImageVerdict;
  /** What the verified image says of itself. Absent: nothing. */
  readonly signature?: (image: Uint8Array) => Uint8Array;
}

/** The object, and what it has received. */
export interface ServedImageTransfer {
  readonly object: ServerObject;
  readonly status: ImageStatus;
  /** The image as far as it is there; undefined before a transfer. */
  readonly image: Uint8Array | undefined;
}

interface Transfer {
  readonly identifier: Uint8Array;
  readonly image: Uint8Array;
  /** One flag for each block, true = it is there. */
  readonly blocks: boolean[];
}

const imageOctetsMaxDefault = 4 * 1024 * 1024;
const nothing = new Uint8Array(0);

/** What to answer to a method whose work has the given verdict. */
const resultOf: Readonly<Record<ImageVerdict, ActionResult>> = {
  done: "success",
  failed: "other-reason",
  pending: "temporary-failure",
};

/** Image transfer (class 18). */
export function servedImageTransfer(options: ServedImageTransferOptions): ServedImageTransfer {
  const receiver = new ImageReceiver(options);
  const object = serveObject(imageTransfer(options.logicalName ?? "0.0.44.0.0.255"), {
    imageBlockSize: fixed(options.blockOctets),
    imageTransferredBlocksStatus: { read: () => receiver.blocksStatus },
    imageFirstNotTransferredBlockNumber: { read: () => receiver.firstMissing },
    imageTransferEnabled: { read: () => receiver.enabled },
    imageTransferStatus: { read: () => receiver.status },
    imageToActivateInfo: { read: () => receiver.infos },
    imageTransferInitiate: ({ imageIdentifier, imageSize }) =>
      receiver.initiate(imageIdentifier, imageSize),
    imageBlockTransfer: ({ imageBlockNumber, imageBlockValue }) =>
      receiver.take(imageBlockNumber, imageBlockValue),
    imageVerify: () => receiver.verify(),
    imageActivate: () => receiver.activate(),
  });
  return {
    object,
    get status() {
      return receiver.status;
    },
    get image() {
      return receiver.image;
    },
  };
}

/** Holds the image while its blocks arrive, and where the process stands. */
class ImageReceiver {
  readonly #options: ServedImageTransferOptions;
  #status: ImageStatus = "not-initiated";
  #transfer: Transfer | undefined;

  constructor(options: ServedImageTransferOptions) {
    this.#options = options;
  }

  /** Asks again about work that was pending: clients learn of its end by reading this. */
  get status(): ImageStatus {
    if (this.#status === "verification-initiated") this.verify();
    if (this.#status === "activation-initiated") this.activate();
    return this.#status;
  }

  get image(): Uint8Array | undefined {
    return this.#transfer?.image;
  }

  get enabled(): boolean {
    return this.#options.enabled?.() ?? true;
  }

  /** A bit for each block, 1 = it is there. */
  get blocksStatus(): string {
    return this.#transfer?.blocks.map((there) => (there ? "1" : "0")).join("") ?? "";
  }

  /** The number of blocks where all are there. */
  get firstMissing(): number {
    const blocks = this.#transfer?.blocks ?? [];
    const missing = blocks.indexOf(false);
    return missing === -1 ? blocks.length : missing;
  }

  get infos(): readonly ImageInfo[] {
    if (this.#transfer === undefined || !verified.has(this.status)) return [];
    const { image, identifier } = this.#transfer;
    return [
      {
        imageToActivateSize: image.length,
        imageToActivateIdentification: identifier,
        imageToActivateSignature: this.#options.signature?.(image) ?? nothing,
      },
    ];
  }

  initiate(identifier: Uint8Array, octets: number): ActionResult {
    const { blockOctets, imageOctetsMax = imageOctetsMaxDefault } = this.#options;
    if (!this.enabled) return "read-write-denied";
    if (octets > imageOctetsMax) return "other-reason";
    const blocks = Array.from({ length: Math.ceil(octets / blockOctets) }, () => false);
    this.#transfer = { identifier, image: new Uint8Array(octets), blocks };
    this.#status = "initiated";
    return "success";
  }

  take(block: number, octets: Uint8Array): ActionResult {
    const { blockOctets } = this.#options;
    const transfer = this.#transfer;
    if (!this.enabled) return "read-write-denied";
    if (transfer === undefined || this.#status !== "initiated") return "other-reason";
    const at = block * blockOctets;
    const expected = Math.min(blockOctets, transfer.image.length - at);
    if (block >= transfer.blocks.length || octets.length !== expected) return "other-reason";
    transfer.image.set(octets, at);
    transfer.blocks[block] = true;
    return "success";
  }

  verify(): ActionResult {
    const transfer = this.#transfer;
    const may = this.#status === "initiated" || this.#status === "verification-initiated";
    if (transfer === undefined || !may || transfer.blocks.includes(false)) return "other-reason";
    const verdict = this.#options.verify?.(transfer.image, transfer.identifier) ?? "done";
    this.#status = verificationStatus[verdict];
    return resultOf[verdict];
  }

  activate(): ActionResult {
    const status = this.#status;
    const may = status === "verification-successful" || status === "activation-initiated";
    if (this.#transfer === undefined || !may) return "other-reason";
    const verdict = this.#options.activate?.(this.#transfer.image) ?? "done";
    this.#status = activationStatus[verdict];
    return resultOf[verdict];
  }
}

interface ImageInfo {
  readonly imageToActivateSize: number;
  readonly imageToActivateIdentification: Uint8Array;
  readonly imageToActivateSignature: Uint8Array;
}

/** States in which there is an image ready for activation, or being activated. */
const verified: ReadonlySet<ImageStatus> = new Set([
  "verification-successful",
  "activation-initiated",
  "activation-successful",
  "activation-failed",
]);

const verificationStatus: Readonly<Record<ImageVerdict, ImageStatus>> = {
  done: "verification-successful",
  failed: "verification-failed",
  pending: "verification-initiated",
};
const activationStatus: Readonly<Record<ImageVerdict, ImageStatus>> = {
  done: "activation-successful",
  failed: "activation-failed",
  pending: "activation-initiated",
};
