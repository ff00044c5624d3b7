import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate and its private key, both PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Whether `selfSigned` works here. False: tests with TLS are skipped, and the reason is said. */
export function opensslPresent(): boolean {
  const present = spawnSync("openssl", ["version"]).status === 0;
  if (!present) process.stderr.write("no openssl: tests with TLS are skipped\n");
  return present;
}

/** A self-signed certificate for 127.0.0.1, made when a test needs one. */
export function selfSigned(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), "lectura-cert-"));
  try {
    const key = join(folder, "key.pem");
    const cert = join(folder, "cert.pem");
    const request =
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=meter";
    const names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert];
    const made = spawnSync("openssl", [...request.split(" "), ...names]);
    if (made.status !== 0) throw new Error(String(made.stderr));
    return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
