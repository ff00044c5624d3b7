import fc from "fast-check";
import { expect, test } from "vitest";
import { hostileOctets } from "@lectura/testkit";
import { DecodeError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import { beginsGatewayHeader, encodeGatewayHeader, readGatewayHeader } from "./gateway-header.ts";

test("a gateway header is written as the Green Book draws it", () => {
  const target = { networkId: 1, physicalDevice: fromHex("0a0b0c") };
  expect(toHex(encodeGatewayHeader(target, "request"))).toBe("e601030a0b0c");
  expect(toHex(encodeGatewayHeader(target, "response"))).toBe("e701030a0b0c");
  expect(() => encodeGatewayHeader({ ...target, networkId: 256 }, "request")).toThrow(RangeError);
});

test("a gateway header reads back, wherever it stands", () => {
  const physicalDevice = fc.uint8Array({ maxLength: 255 });
  const direction = fc.constantFrom("request" as const, "response" as const);
  const networkId = fc.nat(255);
  fc.assert(
    fc.property(networkId, physicalDevice, direction, fc.nat(5), (id, device, way, start) => {
      const header = encodeGatewayHeader({ networkId: id, physicalDevice: device }, way);
      const octets = new Uint8Array(start + header.length + 2);
      octets.set(header, start);
      expect(beginsGatewayHeader(octets, start, way)).toBe(true);
      expect(readGatewayHeader(octets, start)).toEqual({
        direction: way,
        networkId: id,
        physicalDevice: device,
        apduStart: start + header.length,
      });
    }),
  );
});

test("arbitrary octets are a header, or refused typed", () => {
  fc.assert(
    fc.property(hostileOctets, (octets) => {
      try {
        const { apduStart } = readGatewayHeader(octets);
        expect(apduStart).toBeLessThanOrEqual(octets.length);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
    }),
  );
});
