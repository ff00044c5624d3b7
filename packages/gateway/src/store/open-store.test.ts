import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore, type StoreOptions } from "./open-store.ts";
import { storeContract, type StorePlace } from "./store.contract.ts";

const realClock: StoreOptions["clock"] = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  timer: (afterMs, fire) => {
    const timer = setTimeout(fire, afterMs);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

function makePlace(): StorePlace {
  const directory = mkdtempSync(join(tmpdir(), "lectura-store-"));
  return {
    open: () => openStore({ directory, clock: realClock, groupCommitMs: 0 }),
    [Symbol.asyncDispose]: async () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

storeContract("SQLite", makePlace);
