import type { RequestOptions, Session } from "@lectura/dlms-node";
import type { Data } from "@lectura/dlms/axdr";
import { byEntry, profileGenericObject } from "@lectura/dlms/cosem";
import type { ObjectValues } from "./object-values.ts";

const profileGeneric = 7;
const bufferAttribute = 2;
const sortMethodAttribute = 5;
const entriesInUseAttribute = 7;
const sortedByLifo = 2;

/**
 * The same with the newest rows of each profile as its buffer: as many as are wanted, or all where
 * there are fewer. A profile that does not tell how many it has, or refuses, is left as it is.
 */
export async function withNewestRows(
  session: Session,
  read: readonly ObjectValues[],
  rows: number,
  request: RequestOptions,
): Promise<readonly ObjectValues[]> {
  const filled: ObjectValues[] = [];
  for (const one of read) {
    const buffer = await newestRows(session, one, rows, request);
    if (buffer === undefined) filled.push(one);
    else filled.push({ ...one, values: new Map([...one.values, [bufferAttribute, buffer]]) });
  }
  return filled;
}

async function newestRows(
  session: Session,
  { object, values }: ObjectValues,
  rows: number,
  request: RequestOptions,
): Promise<Data | undefined> {
  const inUse = numberOf(values.get(entriesInUseAttribute));
  if (object.classId !== profileGeneric || inUse === 0) return undefined;
  const newestFirst = numberOf(values.get(sortMethodAttribute)) === sortedByLifo;
  const fromEntry = newestFirst ? 1 : Math.max(1, inUse - rows + 1);
  const toEntry = newestFirst ? Math.min(rows, inUse) : inUse;
  const { buffer } = profileGenericObject(object.logicalName);
  const result = await session.get(buffer.select(byEntry({ fromEntry, toEntry })), request);
  return result.ok ? result.value : undefined;
}

function numberOf(data: Data | undefined): number {
  return typeof data?.value === "number" ? data.value : 0;
}
