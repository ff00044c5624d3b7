/**
 * The storage thread: owns the writing connection, so that a slow card never stalls the wire. Does
 * one job after the other; grouping into commits is the asker's business (`open-store.ts`).
 */
import { parentPort, workerData } from "node:worker_threads";
import { openDatabase, prepareDirectory } from "./database.ts";
import { InstanceLock } from "./instance-lock.ts";
import { JournalReader } from "./journal-reader.ts";
import { JournalWriter } from "./journal-writer.ts";
import type { Job, Request, Response, StorageOptions } from "./protocol.ts";
import { problemOf } from "./sqlite-problem.ts";

/** Does the jobs of one store; the value of each is what the asker gets. */
interface Storage extends Disposable {
  perform(job: Exclude<Job, { type: "close" }>): unknown;
}

function openStorage(options: StorageOptions): Storage {
  prepareDirectory(options.directory);
  using resources = new DisposableStack();
  if (options.exclusive) resources.use(InstanceLock.take(options.directory, process.pid));
  const { directory, databaseOctetsMax, exclusive } = options;
  const database = resources.adopt(
    openDatabase({
      directory,
      check: exclusive,
      ...(databaseOctetsMax === undefined ? {} : { octetsMax: databaseOctetsMax }),
    }),
    (connection) => {
      connection.close();
    },
  );
  const writer = new JournalWriter(database, options);
  const reader = new JournalReader(database);
  const owned = resources.move();
  return {
    perform(job) {
      switch (job.type) {
        case "commit":
          return writer.commit(job.writes);
        case "read":
          return reader.answer(job.read);
        case "maintain":
          return writer.maintain(job.nowMs);
      }
    },
    [Symbol.dispose]: () => {
      owned.dispose();
    },
  };
}

function serve(port: NonNullable<typeof parentPort>, options: StorageOptions): void {
  const answer = (response: Response): void => {
    port.postMessage(response);
  };
  const attempt = (id: number, work: () => unknown): void => {
    try {
      answer({ id, ok: true, value: work() });
    } catch (error) {
      answer({ id, ok: false, problem: problemOf(error, options.directory) });
    }
  };
  let storage: Storage | undefined;
  attempt(0, () => {
    storage = openStorage(options);
    return undefined;
  });
  const opened = storage;
  if (opened === undefined) {
    port.close();
    return;
  }
  port.on("message", ({ id, job }: Request) => {
    if (job.type !== "close") {
      attempt(id, () => opened.perform(job));
      return;
    }
    attempt(id, () => {
      opened[Symbol.dispose]();
    });
    port.close();
  });
}

if (parentPort !== null) serve(parentPort, workerData as StorageOptions);
