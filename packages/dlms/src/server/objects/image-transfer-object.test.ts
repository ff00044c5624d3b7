import { describe, expect, test } from "vitest";
import { imageTransfer } from "../../cosem/attributes/objects.ts";
import { askedMeter, type AskedMeter } from "./asked-meter.fixture.ts";
import {
  type ImageVerdict,
  servedImageTransfer,
  type ServedImageTransferOptions,
} from "./image-transfer-object.ts";

const typed = imageTransfer("0.0.44.0.0.255");
const identifier = new TextEncoder().encode("fw-2");
const image = Uint8Array.from({ length: 23 }, (_, at) => at);

function meterWith(changes: Partial<ServedImageTransferOptions> = {}) {
  const served = servedImageTransfer({ blockOctets: 10, ...changes });
  return { served, meter: askedMeter([served.object]) };
}

function initiate(meter: AskedMeter, octets = image.length): string {
  return meter.invoke(typed.imageTransferInitiate, {
    imageIdentifier: identifier,
    imageSize: octets,
  });
}

function send(meter: AskedMeter, block: number): string {
  return meter.invoke(typed.imageBlockTransfer, {
    imageBlockNumber: block,
    imageBlockValue: image.subarray(block * 10, block * 10 + 10),
  });
}

describe("image transfer of a server", () => {
  test("takes blocks in any order, verifies and activates", () => {
    const { served, meter } = meterWith();
    expect(meter.read(typed.imageBlockSize)).toBe(10);
    expect(initiate(meter)).toBe("success");
    expect(send(meter, 2)).toBe("success");
    expect(meter.read(typed.imageTransferredBlocksStatus)).toBe("001");
    expect(meter.read(typed.imageFirstNotTransferredBlockNumber)).toBe(0);
    expect(meter.invoke(typed.imageVerify, 0)).toBe("other-reason");
    expect([send(meter, 0), send(meter, 1), send(meter, 1)]).toEqual([
      "success",
      "success",
      "success",
    ]);
    expect(meter.read(typed.imageFirstNotTransferredBlockNumber)).toBe(3);
    expect(served.image).toEqual(image);
    expect(meter.invoke(typed.imageVerify, 0)).toBe("success");
    expect(meter.read(typed.imageToActivateInfo)).toEqual([
      {
        imageToActivateSize: 23,
        imageToActivateIdentification: identifier,
        imageToActivateSignature: new Uint8Array(0),
      },
    ]);
    expect(meter.invoke(typed.imageActivate, 0)).toBe("success");
    expect(meter.read(typed.imageTransferStatus)).toBe("activation-successful");
  });

  test("refuses blocks that do not fit, before initiation, and when disabled", () => {
    const { meter } = meterWith();
    expect(send(meter, 0)).toBe("other-reason");
    initiate(meter);
    expect(send(meter, 3)).toBe("other-reason");
    const short = { imageBlockNumber: 0, imageBlockValue: image.subarray(0, 9) };
    expect(meter.invoke(typed.imageBlockTransfer, short)).toBe("other-reason");
    expect(initiate(meter, 5_000_000)).toBe("other-reason");
    const { meter: disabled } = meterWith({ enabled: () => false });
    expect(initiate(disabled)).toBe("read-write-denied");
    expect(disabled.read(typed.imageTransferEnabled)).toBe(false);
  });

  test("says temporary-failure while it verifies or activates, and failed when it is", () => {
    const verdicts: ImageVerdict[] = ["pending", "pending", "done", "pending", "failed"];
    const next = (): ImageVerdict => verdicts.shift()!;
    const { served, meter } = meterWith({ verify: next, activate: next });
    initiate(meter);
    for (const block of [0, 1, 2]) send(meter, block);
    expect(meter.invoke(typed.imageVerify, 0)).toBe("temporary-failure");
    expect(meter.read(typed.imageTransferStatus)).toBe("verification-initiated");
    expect(meter.read(typed.imageTransferStatus)).toBe("verification-successful");
    expect(meter.invoke(typed.imageActivate, 0)).toBe("temporary-failure");
    expect(meter.invoke(typed.imageActivate, 0)).toBe("other-reason");
    expect(served.status).toBe("activation-failed");
  });
});
