import { connect } from "node:tls";
import { describe, expect, test } from "vitest";
import { dataNotification } from "../push/push-sample.fixture.ts";
import { type Certificate, opensslPresent, selfSigned, until } from "@lectura/testkit";
import { openSession } from "../session/open-session.ts";
import type { PushDelivery } from "../push/push-listener-options.ts";
import { listenForPushes } from "../push/push-listener.ts";
import { serveTcp } from "../server/serve-tcp.ts";
import { servedMeter, voltage, voltageValue } from "../server/served-meter.fixture.ts";

const openssl = opensslPresent();

describe.skipIf(!openssl)("over TLS", () => {
  const meter: Certificate = openssl ? selfSigned() : { cert: "", key: "" };

  test("a session reads a meter whose certificate is known", async () => {
    await using line = await serveTcp({ meters: [servedMeter()], tls: meter });
    await using session = await openSession({
      tcp: `127.0.0.1:${line.port}`,
      tls: { ca: meter.cert },
      framing: "wrapper",
    });
    expect(await session.get(voltage)).toMatchObject({ value: { value: voltageValue } });
    expect(line.connections).toBe(1);
  });

  test("a certificate that is not known is tcp/tls-failed", async () => {
    await using line = await serveTcp({ meters: [servedMeter()], tls: meter });
    const opening = openSession({ tcp: `127.0.0.1:${line.port}`, tls: {}, framing: "wrapper" });
    await expect(opening).rejects.toMatchObject({ code: "tcp/tls-failed", recovery: "operator" });
  });

  test("a meter that asks for the client's certificate takes only that", async () => {
    const client = selfSigned();
    const tls = { ...meter, requestCert: true, rejectUnauthorized: true, ca: client.cert };
    await using line = await serveTcp({ meters: [servedMeter()], tls });
    const options = { tcp: `127.0.0.1:${line.port}`, framing: "wrapper" } as const;
    const nobody = openSession({ ...options, tls: { ca: meter.cert } });
    await expect(nobody).rejects.toMatchObject({ recovery: expect.any(String) as string });
    await using session = await openSession({ ...options, tls: { ca: meter.cert, ...client } });
    expect(await session.get(voltage)).toMatchObject({ ok: true });
  });

  test("the push listener takes notifications", async () => {
    const deliveries: PushDelivery[] = [];
    await using listener = await listenForPushes({
      tcp: { tls: meter },
      onNotification: (delivery) => void deliveries.push(delivery),
    });
    const port = listener.tcp?.port ?? 0;
    const socket = connect({ host: "127.0.0.1", port, ca: meter.cert });
    socket.on("error", () => undefined);
    socket.write(dataNotification());
    await until(() => deliveries.length === 1);
    expect(deliveries[0]?.meaning.kind).toBe("data");
    socket.destroy();
  });

  test("a key that does not fit its certificate is told at once", async () => {
    const other = selfSigned();
    const serving = serveTcp({ meters: [], tls: { cert: meter.cert, key: other.key } });
    await expect(serving).rejects.toMatchObject({ code: "tcp/tls-failed" });
  });
});
