/** A real meter of one register for tests that care about the way to it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServedMeter } from "@lectura/dlms-node";
import { obis } from "@lectura/dlms/cosem";
import { Secret } from "@lectura/dlms/security";
import { ObjectDirectory, type ServerObject } from "@lectura/dlms/server";
import { selfSigned } from "@lectura/testkit";

/** Raw value of 1.0.32.7.0.255; its scaler is -2, its unit V. */
export const voltageRaw = 23_012;
export const meterPassword = "12345678";
/** Logical device name of the meter. */
export const deviceName = "LEC0000000000001";

/** 1.0.32.7.0.255: a register of volts. */
export function voltageObject(): ServerObject {
  return {
    classId: 3,
    version: 0,
    logicalName: obis("1.0.32.7.0.255"),
    attributes: {
      2: { read: () => ({ type: "double-long", value: voltageRaw }) },
      3: {
        read: () => ({
          type: "structure",
          value: [
            { type: "integer", value: -2 },
            { type: "enum", value: 35 },
          ],
        }),
      },
    },
  };
}

/** Public client 16 and management client 1; address 1, lower 17. */
export function servedMeter(name: string = deviceName): ServedMeter {
  const objects = new ObjectDirectory([
    {
      classId: 1,
      version: 0,
      logicalName: obis("0.0.42.0.0.255"),
      attributes: {
        2: { read: () => ({ type: "octet-string", value: new TextEncoder().encode(name) }) },
      },
    },
    voltageObject(),
  ]);
  const view = { objects, conformance: 0x00_301d, maxPduOctets: 0x400 };
  const password = Secret.fromText(meterPassword);
  return {
    address: { size: 4, upper: 1, lower: 17 },
    device: {
      views: [
        { ...view, clientSap: 16, authentication: { mechanism: "none" } },
        { ...view, clientSap: 1, authentication: { mechanism: "low", password } },
      ],
    },
  };
}

/** A self-signed certificate for 127.0.0.1 in files of its own. */
export function certificateFiles(): Disposable & { readonly cert: string; readonly key: string } {
  const folder = mkdtempSync(join(tmpdir(), "lectura-cert-"));
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const made = selfSigned();
  writeFileSync(cert, made.cert);
  writeFileSync(key, made.key);
  return { cert, key, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
