import fc from "fast-check";
import { expect, test } from "vitest";
import { endpointUrl, parseEndpointUrl } from "./endpoint-url.ts";
import { type LineEndpoint, normalEndpoint } from "./line-endpoint.ts";

const place = {
  host: fc.oneof(fc.constantFrom("10.0.0.7", "fe80::1", "meter.local"), fc.domain()),
  port: fc.integer({ min: 1, max: 65_535 }),
};
const some = <T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(fields, { requiredKeys: [] });
const file = fc.string({ minLength: 1, maxLength: 20 });
const tls = some({ caFile: file, certificateFile: file, keyFile: file, serverName: file });
const modeE = some({
  address: file,
  baudMax: fc.nat(9600),
  startBaud: fc.nat(300),
  parityInOctets: fc.boolean(),
  wakeUp: fc.boolean(),
});
const serial = {
  baudRate: fc.nat(115_200),
  dataBits: fc.constantFrom(7, 8),
  parity: fc.constantFrom("none", "even", "odd"),
  stopBits: fc.constantFrom(1, 2),
  rs485: fc.constantFrom("rts", "rts-inverted"),
};
const path = fc.string({ minLength: 1, maxLength: 30 }).filter((text) => text.trim() === text);
const identity = fc.oneof(
  fc.record({ by: fc.constant("address"), address: fc.ipV4() }),
  fc.record({ by: fc.constant("name"), name: file }),
  fc.record({ by: fc.constant("octets"), octets: fc.constantFrom("cafe", "00") }),
);
const endpoints = fc.oneof(
  fc.record(
    { kind: fc.constant("tcp"), ...place, tls, modeE },
    { requiredKeys: ["kind", "host", "port"] },
  ),
  fc.record({ kind: fc.constant("udp"), ...place }),
  fc.record(
    { kind: fc.constant("serial"), path, ...serial, modeE },
    { requiredKeys: ["kind", "path"] },
  ),
  fc.record({ kind: fc.constant("listen"), ...place, identity }),
) as fc.Arbitrary<LineEndpoint>;

test("every endpoint comes back from its text", () => {
  fc.assert(
    fc.property(endpoints, (endpoint) => {
      const normal = normalEndpoint(endpoint);
      expect(normalEndpoint(parseEndpointUrl(endpointUrl(normal)))).toEqual(normal);
    }),
  );
});

test("texts are what people would write", () => {
  const tcp = { kind: "tcp", host: "h", port: 1 } as const;
  expect(endpointUrl(tcp)).toBe("h:1");
  expect(endpointUrl({ ...tcp, tls: { caFile: "/ca.pem" } })).toBe("tls://h:1?ca=%2Fca.pem");
  expect(endpointUrl({ ...tcp, modeE: {} })).toBe("tcp://h:1?mode-e=on");
  expect(endpointUrl({ kind: "serial", path: "/dev/ttyUSB0", baudRate: 300 })).toBe(
    "serial:/dev/ttyUSB0?baud=300",
  );
  expect(parseEndpointUrl("[fe80::1]:4059")).toEqual({ kind: "tcp", host: "fe80::1", port: 4059 });
  expect(parseEndpointUrl("listen://0.0.0.0:4060?name=LEC1")).toMatchObject({ kind: "listen" });
});

test("what is no endpoint is refused with what is wrong", () => {
  const problem = (text: string): unknown => {
    try {
      return parseEndpointUrl(text);
    } catch (error) {
      return (error as { params: unknown }).params;
    }
  };
  expect(problem("h")).toEqual({ field: "endpoint", problem: "is host:port" });
  expect(problem("h:1?ca=x")).toEqual({ field: "endpoint", problem: 'has no "ca"' });
  expect(problem("listen://h:1")).toMatchObject({ field: "endpoint" });
});
