/** File systems in memory, a few MB each, where the system permits mounting. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, rmdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

function mount(words: readonly string[]): boolean {
  return spawnSync("mount", words, { stdio: "ignore" }).status === 0;
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
    if (mount(["-t", "tmpfs", "-o", `size=${octets}`, "tmpfs", path])) return new SmallDisk(path);
    rmdirSync(path);
    return undefined;
  }

  makeReadOnly(): void {
    execFileSync("mount", ["-o", "remount,ro", this.path]);
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
    execFileSync("umount", ["--lazy", this.path]);
    rmdirSync(this.path);
  }
}

/** Whether `SmallDisk.open` will give one. */
export function mayMount(): boolean {
  using disk = SmallDisk.open(4096 * 16);
  return disk !== undefined;
}
