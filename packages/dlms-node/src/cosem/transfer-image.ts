import { imageTransfer, type ObisText } from "@lectura/dlms/cosem";
import { equalOctets } from "@lectura/dlms/octets";
import type { ActionResult, DataAccessResult } from "@lectura/dlms/xdlms";
import type { Clock } from "../clock.ts";
import type { RequestOptions } from "../session/session.ts";
import {
  invokeMethod,
  type ProcedureSession,
  readAttribute,
  readAttributes,
} from "./typed-access.ts";

/** An image to bring to a meter. */
export interface ImageTransferRequest extends Pick<RequestOptions, "signal"> {
  readonly image: Uint8Array;
  /** What the meter shall call it; vendors say what has to be in it. */
  readonly identification: Uint8Array;
  /** Times the polls of verification and activation. */
  readonly clock: Clock;
  /** Absent: 0-0:44.0.0*255. */
  readonly logicalName?: ObisText;
  /** After each block. */
  readonly onProgress?: (progress: ImageProgress) => void;
  /**
   * Absent: begin anew. `"meter"`: go on with what the meter has of this image, begin anew where it has
   * none; until an image is verified meters tell its number of blocks only, not its name. A number: as `"meter"`, and no block before it is sent in the first round.
   */
  readonly resumeFrom?: "meter" | number;
  /** Absent: true. False leaves the verified image there, for a later activation. */
  readonly activate?: boolean;
  /** Between two looks at a meter that is still at work. Absent: 5 s. */
  readonly pollMs?: number;
  /** How long verification, and then activation, may take. Absent: 10 min each. */
  readonly workMs?: number;
}

/** How far it is. */
export interface ImageProgress {
  readonly blocks: number;
  readonly blocksTotal: number;
}

/** What a transfer came to. */
export type ImageTransferResult =
  | {
      readonly ok: true;
      /** `verified`: not activated. `activating`: the meter is still at it, it may restart. */
      readonly state: "activated" | "activating" | "verified";
      /** Blocks sent in this call, those sent again too. */
      readonly blocksSent: number;
    }
  | {
      readonly ok: false;
      /** The step the meter refused, or did not finish in time (`temporary-failure`). */
      readonly step: "prepare" | "initiate" | "transfer" | "verify" | "activate";
      readonly reason: DataAccessResult | ActionResult;
      readonly blocksSent: number;
    };

const usualName = "0.0.44.0.0.255";
const pollMsDefault = 5000;
const workMsDefault = 600_000;
/** How often missing blocks are sent again before the transfer is given up. */
const roundsMax = 5;

/**
 * Transfers an image (Blue Book 4.4.6): initiate, blocks of the meter's size, missing blocks again,
 * verify, activate. A session that breaks throws; open another one and go on with `resumeFrom:
 * "meter"`: a block is safe to send twice.
 */
export function transferImage(
  session: ProcedureSession,
  request: ImageTransferRequest,
): Promise<ImageTransferResult> {
  return new ImageSender(session, request).run();
}

type Refused = Extract<ImageTransferResult, { ok: false }>;
type Step = Refused["step"];

class ImageSender {
  readonly #session: ProcedureSession;
  readonly #request: ImageTransferRequest;
  readonly #object: ReturnType<typeof imageTransferOf>;
  readonly #options: RequestOptions;
  #blockOctets = 0;
  #blocksSent = 0;

  constructor(session: ProcedureSession, request: ImageTransferRequest) {
    this.#session = session;
    this.#request = request;
    this.#options = request.signal === undefined ? {} : { signal: request.signal };
    this.#object = imageTransferOf(request.logicalName ?? usualName);
  }

  async run(): Promise<ImageTransferResult> {
    const first = await this.#prepare();
    if (typeof first === "object") return first;
    if (first !== "verified") {
      const refused = (await this.#transfer(first)) ?? (await this.#verify());
      if (refused !== undefined) return refused;
    }
    const blocksSent = this.#blocksSent;
    if (this.#request.activate === false) return { ok: true, state: "verified", blocksSent };
    return this.#activate();
  }

  get #blocksTotal(): number {
    return Math.ceil(this.#request.image.length / this.#blockOctets);
  }

  /** The block to begin with; `verified` where all that is left is activation. */
  async #prepare(): Promise<number | "verified" | Refused> {
    const { imageBlockSize, imageTransferEnabled, imageTransferStatus } = this.#object;
    const { image, identification, resumeFrom } = this.#request;
    const [size, enabled, status] = await readAttributes(
      this.#session,
      [imageBlockSize, imageTransferEnabled, imageTransferStatus],
      this.#options,
    );
    if (!size.ok) return this.#refused("prepare", size.reason);
    if (size.value === 0) return this.#refused("prepare", "other-reason");
    if (enabled.ok && !enabled.value) return this.#refused("prepare", "read-write-denied");
    this.#blockOctets = size.value;
    if (resumeFrom !== undefined && status.ok) {
      if (status.value === "verification-successful" && (await this.#isVerified())) {
        return "verified";
      }
      if (status.value === "initiated" && (await this.#isUnderWay())) {
        return resumeFrom === "meter" ? 0 : resumeFrom;
      }
    }
    const { result } = await invokeMethod(
      this.#session,
      this.#object.imageTransferInitiate,
      { imageIdentifier: identification, imageSize: image.length },
      this.#options,
    );
    return result === "success" ? 0 : this.#refused("initiate", result);
  }

  /** The transfer the meter has begun has as many blocks: another number is another image's. */
  async #isUnderWay(): Promise<boolean> {
    const { imageTransferredBlocksStatus: attribute } = this.#object;
    const blocks = await readAttribute(this.#session, attribute, this.#options);
    // A bit-string may be filled up to whole octets.
    return blocks.ok && Math.ceil(blocks.value.length / 8) === Math.ceil(this.#blocksTotal / 8);
  }

  /** The image the meter has verified has this one's size and identification. */
  async #isVerified(): Promise<boolean> {
    const { imageToActivateInfo: attribute } = this.#object;
    const { image, identification } = this.#request;
    const infos = await readAttribute(this.#session, attribute, this.#options);
    if (!infos.ok) return false;
    return infos.value.some(
      ({ imageToActivateSize, imageToActivateIdentification }) =>
        imageToActivateSize === image.length &&
        equalOctets(imageToActivateIdentification, identification),
    );
  }

  /** Sends what is missing until nothing is. */
  async #transfer(first: number): Promise<Refused | undefined> {
    let missing = await this.#missing(first);
    for (let round = 0; round < roundsMax; round++) {
      for (const block of missing) {
        const result = await this.#send(block);
        // What the meter could not take now is asked for again in the next round.
        if (result !== "success" && result !== "temporary-failure") {
          return this.#refused("transfer", result);
        }
        const blocks = this.#blocksTotal - missing.length + missing.indexOf(block) + 1;
        this.#request.onProgress?.({ blocks, blocksTotal: this.#blocksTotal });
      }
      missing = await this.#missing(0);
      if (missing.length === 0) return undefined;
    }
    return this.#refused("transfer", "data-block-unavailable");
  }

  async #send(block: number): Promise<ActionResult> {
    const at = block * this.#blockOctets;
    const imageBlockValue = this.#request.image.subarray(at, at + this.#blockOctets);
    const parameters = { imageBlockNumber: block, imageBlockValue };
    const method = this.#object.imageBlockTransfer;
    const { result } = await invokeMethod(this.#session, method, parameters, this.#options);
    this.#blocksSent++;
    return result;
  }

  /** Blocks the meter does not have, from `first` on. */
  async #missing(first: number): Promise<readonly number[]> {
    const all = [...Array(this.#blocksTotal).keys()].slice(first);
    const blocks = await this.#blocks();
    if (blocks !== undefined) return all.filter((block) => blocks[block] !== "1");
    // Some meters say the first one only.
    const { imageFirstNotTransferredBlockNumber: attribute } = this.#object;
    const next = await readAttribute(this.#session, attribute, this.#options);
    return next.ok ? all.filter((block) => block >= next.value) : all;
  }

  /** A character for each block, "1" = the meter has it; undefined where it does not say. */
  async #blocks(): Promise<string | undefined> {
    const { imageTransferredBlocksStatus: attribute } = this.#object;
    const blocks = await readAttribute(this.#session, attribute, this.#options);
    if (!blocks.ok || blocks.value.length < this.#blocksTotal) return undefined;
    return blocks.value.slice(0, this.#blocksTotal);
  }

  async #verify(): Promise<Refused | undefined> {
    const { imageVerify } = this.#object;
    const { result } = await invokeMethod(this.#session, imageVerify, 0, this.#options);
    if (result === "success") return undefined;
    if (result !== "temporary-failure") return this.#refused("verify", result);
    const status = await this.#statusAfter("verification-initiated");
    if (status === "verification-successful") return undefined;
    return this.#refused("verify", workReason(status));
  }

  async #activate(): Promise<ImageTransferResult> {
    const { imageActivate } = this.#object;
    const { result } = await invokeMethod(this.#session, imageActivate, 0, this.#options);
    const blocksSent = this.#blocksSent;
    if (result === "success") return { ok: true, state: "activated", blocksSent };
    if (result !== "temporary-failure") return this.#refused("activate", result);
    const status = await this.#statusAfter("activation-initiated");
    if (status === "activation-successful") return { ok: true, state: "activated", blocksSent };
    if (status === "activation-initiated") return { ok: true, state: "activating", blocksSent };
    return this.#refused("activate", workReason(status));
  }

  /**
   * The status once the meter is no longer at work, or when the time is up. Only the status is
   * read: calling the method again begins anew in some meters.
   */
  async #statusAfter(atWork: string): Promise<string | number> {
    const { clock, pollMs = pollMsDefault, workMs = workMsDefault, signal } = this.#request;
    const endMs = clock.monotonicMs() + workMs;
    while (clock.monotonicMs() < endMs) {
      await clock.sleep(pollMs, signal);
      const { imageTransferStatus: attribute } = this.#object;
      const status = await readAttribute(this.#session, attribute, this.#options);
      if (status.ok && status.value !== atWork) return status.value;
    }
    return atWork;
  }

  #refused(step: Step, reason: DataAccessResult | ActionResult): Refused {
    return { ok: false, step, reason, blocksSent: this.#blocksSent };
  }
}

/** Still at work when the time is up, or failed. */
function workReason(status: string | number): ActionResult {
  return typeof status === "string" && status.endsWith("-initiated")
    ? "temporary-failure"
    : "other-reason";
}

function imageTransferOf(logicalName: ObisText) {
  return imageTransfer(logicalName);
}
