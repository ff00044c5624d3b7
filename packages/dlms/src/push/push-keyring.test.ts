import { nodeCrypto as crypto } from "@lectura/testkit";
import { expect, test } from "vitest";
import { DlmsError } from "../error.ts";
import { fromHex } from "../octets.ts";
import { sealGeneral, type SendKey } from "../security/general-ciphering.ts";
import { ReplayWindows } from "../security/keys.ts";
import { Secret } from "../security/secret.ts";
import { TransactionWindow } from "../security/transaction-window.ts";
import { encodeApdu } from "../xdlms/apdu.ts";
import { pushOpener, type PushSender } from "./push-keyring.ts";

const systemTitle = fromHex("4c43540000000002");
const notification = fromHex("0f00000001000202090131120005");
const secret = (first: number): Secret => new Secret(new Uint8Array(16).fill(first));
const keys = { unicast: secret(1), authentication: secret(2), master: secret(3) };

function push(key: SendKey, transaction: number): Uint8Array {
  return encodeApdu(
    sealGeneral(notification, {
      crypto,
      keys,
      suite: 0,
      protection: "authenticated-encrypted",
      key,
      header: {
        transactionId: Uint8Array.of(transaction),
        originator: systemTitle,
        recipient: fromHex("4c43540000000001"),
        dateTime: new Uint8Array(0),
        otherInformation: new Uint8Array(0),
      },
      invocationCounter: transaction,
    }),
  );
}

function opener(changes: Partial<PushSender>): (octets: Uint8Array) => string {
  const sender: PushSender = {
    systemTitle,
    keys,
    required: "authenticated",
    windows: new ReplayWindows(),
    ...changes,
  };
  const open = pushOpener(crypto, () => sender);
  return (octets) => {
    try {
      return open(octets, { framing: "apdu" }).plaintext.toHex();
    } catch (error) {
      if (error instanceof DlmsError) return error.code;
      throw error;
    }
  };
}

test("a push under a wrapped key is taken once where its transactions are remembered", () => {
  const wrapped = { type: "wrapped", contentKey: secret(9) } as const;
  const open = opener({ transactions: new TransactionWindow({ transactionsMax: 2 }) });
  expect(open(push(wrapped, 1))).toBe(notification.toHex());
  expect(open(push(wrapped, 1))).toBe("security/replay");
  expect(open(push(wrapped, 2))).toBe(notification.toHex());
  expect(open(push(wrapped, 3))).toBe("security/window-full");
});

test("a push under a known key is told by its counter, and needs no transactions", () => {
  const known = { type: "identified", keyId: 0 } as const;
  const transactions = new TransactionWindow({ transactionsMax: 1 });
  const open = opener({ transactions });
  for (const counter of [1, 2, 3]) {
    expect(open(push(known, counter))).toBe(notification.toHex());
    expect(open(push(known, counter))).toBe("security/replay");
  }
  expect(transactions.size).toBe(0);
});
