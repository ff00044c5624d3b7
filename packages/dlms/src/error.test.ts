import { expect, test } from "vitest";
import { DecodeError, DlmsError, ProtocolError, protocolErrors } from "./error.ts";
import * as limits from "./limits.ts";

test("every protocol error carries its code and the recovery of the table", () => {
  for (const [code, recovery] of Object.entries(protocolErrors)) {
    const error = new ProtocolError(code as keyof typeof protocolErrors, "detail");
    expect(error).toBeInstanceOf(DlmsError);
    expect(error).toMatchObject({ code, recovery, message: `${code}: detail` });
  }
});

test("a decode error tells layer, field, offset and problem", () => {
  const error = new DecodeError("axdr", "Data", 4, "needs 6 octets, 5 left");
  expect(error.code).toBe("axdr/malformed");
  expect(error.message).toBe("axdr: Data at octet 4: needs 6 octets, 5 left");
});

test("every limit is a positive count", () => {
  for (const limit of Object.values(limits)) expect(limit).toBeGreaterThan(0);
});
