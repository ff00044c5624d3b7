/** File systems in memory, a few MB each, where the system permits mounting. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, rmdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

function succeeds(program: "mount" | "umount", words: readonly string[]): boolean {
  return spawnSync(program, words, { stdio: "ignore" }).status === 0;
}

/** A tmpfs of its own; unmounted when disposed. */
export class SmallDisk implements Disposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Undefined where mounting is not permitted. */
  static open(octets: number): SmallDisk | undefined {
    const path = mkdtempSync(join(tmpdir(), "lectura-disk-"));
    const words = ["-t", "tmpfs", "-o", `size=${octets}`, "tmpfs", path];
    if (succeeds("mount", words)) return new SmallDisk(path);
    rmdirSync(path);
    return undefined;
  }

  makeReadOnly(): void {
    if (!succeeds("mount", ["-o", "remount,ro", this.path])) throw new Error("no remount,ro");
  }

  /** Takes all the room there is. */
  fill(): void {
    const piece = new Uint8Array(4096);
    for (;;) {
      try {
        writeFileSync(this.#ballast, piece, { flag: "a" });
      } catch {
        return;
      }
    }
  }

  /** Gives the room back. */
  clear(): void {
    rmSync(this.#ballast, { force: true });
  }

  get #ballast(): string {
    return join(this.path, "ballast");
  }

  [Symbol.dispose](): void {
    if (!succeeds("umount", ["--lazy", this.path])) throw new Error(`${this.path} stays mounted`);
    rmdirSync(this.path);
  }
}

/** Whether `SmallDisk.open` will give one. */
export function mayMount(): boolean {
  using disk = SmallDisk.open(4096 * 16);
  return disk !== undefined;
}
