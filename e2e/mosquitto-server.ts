/**
 * Debian's Mosquitto on a free loopback port with a directory of its own: plain, with a password, or
 * with TLS from an authority made on the spot. Everything it started, it ends.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

/** Debian puts servers into sbin, which is not on everybody's path. */
function findProgram(name: string): string | undefined {
  return [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"]
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

const programs = ["mosquitto", "mosquitto_sub", "mosquitto_passwd", "openssl"];

/** What is missing for these tests, by name. */
export const missingPrograms: readonly string[] = programs.filter(
  (name) => findProgram(name) === undefined,
);

export interface MosquittoOptions {
  readonly user?: { readonly name: string; readonly password: string };
  /** `client`: a client certificate is demanded as well. */
  readonly tls?: "server" | "client";
  /** Further lines of the configuration. */
  readonly settings?: readonly string[];
}

export class Mosquitto implements AsyncDisposable {
  readonly directory: string;
  readonly port: number;
  readonly #options: MosquittoOptions;
  readonly #children: Set<ChildProcess> = new Set();
  /** Who waits for which line of the server's log. */
  readonly #waiting: Set<{ readonly text: string; readonly resolve: () => void }> = new Set();
  #subscribers = 0;
  #server: ChildProcess | undefined;

  private constructor(directory: string, port: number, options: MosquittoOptions) {
    this.directory = directory;
    this.port = port;
    this.#options = options;
  }

  static async start(options: MosquittoOptions = {}): Promise<Mosquitto> {
    const directory = await mkdtemp(join(tmpdir(), "lectura-mosquitto-"));
    const server = new Mosquitto(directory, await freePort(), options);
    await server.#configure();
    await server.start();
    return server;
  }

  get url(): string {
    return `${this.#options.tls === undefined ? "mqtt" : "mqtts"}://localhost:${this.port}`;
  }

  file(name: string): string {
    return join(this.directory, name);
  }

  /** Starts the process; the second time with the same port and settings. */
  async start(): Promise<void> {
    const child = spawn(findProgram("mosquitto")!, ["-c", this.file("mosquitto.conf"), "-v"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#server = child;
    this.#children.add(child);
    createInterface({ input: child.stderr }).on("line", (line) => {
      for (const waiting of this.#waiting) {
        if (!line.includes(waiting.text)) continue;
        this.#waiting.delete(waiting);
        waiting.resolve();
      }
    });
    await this.#logged(" running");
  }

  /** kill -9: nothing is saved, nothing is said. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await end(server, "SIGKILL");
  }

  /** SIGTERM: what its settings say is saved is saved. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await end(server, "SIGTERM");
  }

  /** `topic payload` of everything that arrives, retained messages included. */
  async subscribe(
    topic: string,
    options: { readonly keepSession?: boolean } = {},
  ): Promise<readonly string[]> {
    const { user, tls } = this.#options;
    this.#subscribers += 1;
    const name = `subscriber-${this.#subscribers}`;
    const child = spawn(
      findProgram("mosquitto_sub")!,
      [
        ...`-h localhost -p ${this.port} -q 1 -v -i ${name}`.split(" "),
        "-t",
        topic,
        ...(options.keepSession === true ? ["-c"] : []),
        ...(user === undefined ? [] : ["-u", user.name, "-P", user.password]),
        ...(tls === undefined ? [] : ["--cafile", this.file("ca.pem")]),
        ...(tls === "client"
          ? ["--cert", this.file("client.pem"), "--key", this.file("client.key")]
          : []),
      ],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    this.#children.add(child);
    const received: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => received.push(line));
    await this.#logged(`Sending SUBACK to ${name}`);
    return received;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#children].map((child) => end(child, "SIGKILL")));
    await rm(this.directory, { recursive: true, force: true });
  }

  #logged(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add({ text, resolve });
    });
  }

  async #configure(): Promise<void> {
    const { user, tls, settings = [] } = this.#options;
    const lines = [`listener ${this.port} 127.0.0.1`, `allow_anonymous ${user === undefined}`];
    // Where `persistence true` saves; its default is the working directory, for all servers the same.
    lines.push(`persistence_location ${this.directory}/`);
    if (process.getuid?.() === 0) lines.unshift("user root");
    if (user !== undefined) {
      const file = this.file("passwords");
      await writeFile(file, "");
      execFileSync(findProgram("mosquitto_passwd")!, ["-b", file, user.name, user.password], {
        stdio: "ignore",
      });
      lines.push(`password_file ${file}`);
    }
    if (tls !== undefined) {
      this.#makeCertificates();
      lines.push(`cafile ${this.file("ca.pem")}`, `certfile ${this.file("server.pem")}`);
      lines.push(`keyfile ${this.file("server.key")}`, `require_certificate ${tls === "client"}`);
    }
    await writeFile(this.file("mosquitto.conf"), `${[...lines, ...settings].join("\n")}\n`);
  }

  #makeCertificates(): void {
    const openssl = (line: string): void => {
      const args = line.split(" ");
      execFileSync(findProgram("openssl")!, args, { cwd: this.directory, stdio: "ignore" });
    };
    const key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(`req -x509 ${key} -days 2 -subj /CN=authority -keyout ca.key -out ca.pem`);
    for (const name of ["server", "client"]) {
      const san = "-addext subjectAltName=DNS:localhost";
      openssl(`req ${key} -subj /CN=${name} ${san} -keyout ${name}.key -out ${name}.csr`);
      const ca = "-CA ca.pem -CAkey ca.key -CAcreateserial";
      openssl(`x509 -req -in ${name}.csr ${ca} -days 2 -copy_extensions copy -out ${name}.pem`);
    }
  }
}

async function end(child: ChildProcess, signal: "SIGKILL" | "SIGTERM"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

/** A port nobody has at this moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
