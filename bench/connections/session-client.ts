/** The session's side of the connections bench, a process of its own: the public interface alone. */
import { register, Secret } from "@lectura/dlms";
import { openSession, type Session } from "@lectura/dlms-node";
import {
  openingMax,
  openingsTimed,
  openingsWarm,
  report,
  reportTimes,
  requestsTimed,
  requestsWarm,
  settledRss,
  taskFromArguments,
  timeLoad,
} from "./task.ts";

const { port, clientSap, password, task, connections } = taskFromArguments();
const names = ["1.8", "2.8", "32.7", "52.7", "72.7", "31.7", "51.7", "71.7", "1.7"];
const registers = names.map((name) => register(`1-0:${name}.0`));
const secret = Secret.fromText(password);

const open = (): Promise<Session> =>
  openSession({
    tcp: `127.0.0.1:${port}`,
    clientSap,
    authentication: { mechanism: "lls", password: secret },
    timeouts: { connectMs: 30_000, responseMs: 30_000 },
  });

async function timeRequests(): Promise<void> {
  const times: number[] = [];
  const session = await open();
  for (let turn = 0; turn < requestsWarm + requestsTimed; turn++) {
    const from = performance.now();
    await session.get(registers[turn % 9]!);
    times.push(performance.now() - from);
  }
  reportTimes(times, requestsWarm);
}

async function timeOpenings(): Promise<void> {
  const times: number[] = [];
  for (let turn = 0; turn < openingsWarm + openingsTimed; turn++) {
    const from = performance.now();
    const session = await open();
    times.push(performance.now() - from);
    await session[Symbol.asyncDispose]();
  }
  reportTimes(times, openingsWarm);
}

async function openAll(): Promise<readonly Session[]> {
  const opened: Session[] = [];
  let left = connections;
  const opener = async (): Promise<void> => {
    while (left-- > 0) opened.push(await open());
  };
  await Promise.all(Array.from({ length: Math.min(connections, openingMax) }, opener));
  return opened;
}

async function load(): Promise<void> {
  let count = 0;
  for (const session of await openAll()) {
    const again = async (): Promise<never> => {
      for (let turn = 0; ; turn = turn === 8 ? 0 : turn + 1) {
        await session.get(registers[turn]!);
        count++;
      }
    };
    void again();
  }
  timeLoad(() => count);
}

async function idle(): Promise<void> {
  const before = await settledRss();
  const opened = await openAll();
  const after = await settledRss();
  report({ rssKb: (after - before) / 1024 / opened.length });
}

await { single: timeRequests, open: timeOpenings, load, idle }[task]();
