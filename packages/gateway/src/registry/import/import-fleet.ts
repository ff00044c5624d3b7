import { DlmsError } from "@lectura/dlms/octets";
import { type ErrorParams, GatewayError } from "../../errors.ts";
import type { LineDraft, Reference } from "../draft.ts";
import { refuseOtherWay } from "../line-records.ts";
import type { Registry } from "../registry.ts";
import { type Environment, flag, lineDraft, meterDraft } from "./fleet-fields.ts";
import { type FleetFormat, formatFleet, type FleetRow } from "./fleet-file.ts";

/** What became, or would become, of one row. */
export interface ImportVerdict {
  readonly row: number;
  readonly kind: "line" | "meter";
  readonly name: string;
  readonly verdict: "added" | "updated" | "unchanged" | "refused";
  /** Why it was refused. */
  readonly problem?: {
    readonly code: string;
    readonly message: string;
    readonly params: ErrorParams;
  };
}

export interface ImportReport {
  /** Whether anything was changed: false for a dry run, and when a row was refused. */
  readonly applied: boolean;
  readonly verdicts: readonly ImportVerdict[];
}

export interface ImportOptions {
  /** Says what would happen and changes nothing. */
  readonly dryRun?: boolean;
  /** Takes the good rows though others are refused; otherwise all or nothing. */
  readonly partial?: boolean;
  /** For columns that name environment variables (`password_env`). */
  readonly environment?: Environment;
}

/** Carries the verdicts out of a change that is undone. */
class Undo extends Error {}

/**
 * Adds and updates lines and meters by name, in one change. A row that cannot be is refused with
 * its reason; the others are judged as if it were not there.
 */
export function importFleet(
  registry: Registry,
  rows: readonly FleetRow[],
  options: ImportOptions = {},
): ImportReport {
  const verdicts: ImportVerdict[] = [];
  try {
    registry.change(() => {
      for (const row of rows) verdicts.push(judge(registry, row, options.environment ?? {}));
      const isRefused = verdicts.some(({ verdict }) => verdict === "refused");
      if (options.dryRun === true || (isRefused && options.partial !== true)) throw new Undo();
    });
    return { applied: true, verdicts };
  } catch (error) {
    if (error instanceof Undo) return { applied: false, verdicts };
    throw error;
  }
}

function judge(registry: Registry, row: FleetRow, environment: Environment): ImportVerdict {
  const name = row.fields.get("name");
  const about = { row: row.row, kind: row.kind, name: typeof name === "string" ? name : "" };
  try {
    const verdict = registry.change(() =>
      row.kind === "line" ? takeLine(registry, row) : takeMeter(registry, row, environment),
    );
    return { ...about, verdict };
  } catch (error) {
    // A disk that fails is no fault of the row.
    if (!(error instanceof DlmsError) || error.code.startsWith("store/")) throw error;
    const params = error instanceof GatewayError ? error.params : {};
    return {
      ...about,
      verdict: "refused",
      problem: { code: error.code, message: error.message, params },
    };
  }
}

type Taken = Exclude<ImportVerdict["verdict"], "refused">;

function compare(before: object, after: object): Taken {
  const facts = (item: object): string => JSON.stringify({ ...item, updatedAt: 0 });
  return facts(before) === facts(after) ? "unchanged" : "updated";
}

function takeLine(registry: Registry, { fields }: FleetRow): Taken {
  const draft = lineDraft(fields);
  const before = draft.name === undefined ? undefined : registry.lineNamed(draft.name);
  const { id } =
    before === undefined ? registry.addLine(draft) : registry.editLine(before.id, draft);
  setPaused(flag(fields, "paused"), registry.line(id).paused, {
    pause: () => registry.pauseLine(id),
    resume: () => registry.resumeLine(id),
  });
  return before === undefined ? "added" : compare(before, registry.line(id));
}

function takeMeter(registry: Registry, { fields }: FleetRow, environment: Environment): Taken {
  const { name, line, ...draft } = meterDraft(fields, environment);
  const { endpoint, framing, ...rest } = draft;
  // A row with both names the line it makes; one with a line alone means an existing line.
  const lineId = endpoint === undefined ? line : lineFor(registry, endpoint, line, framing);
  const edit = {
    ...rest,
    ...(lineId === undefined ? {} : { line: lineId }),
    ...(framing === undefined ? {} : { framing }),
  };
  const before = registry.meterNamed(name);
  const { id } =
    before === undefined
      ? registry.addMeter({ name, ...edit })
      : registry.editMeter(before.id, edit);
  setPaused(flag(fields, "paused"), registry.meter(id).paused, {
    pause: () => registry.pauseMeter(id),
    resume: () => registry.resumeMeter(id),
  });
  if (before === undefined) return "added";
  const { password, thingsBoardToken, securityKeys } = draft;
  const secrets = [password, thingsBoardToken, securityKeys];
  const hasSecret = secrets.some((secret) => secret !== undefined);
  return hasSecret ? "updated" : compare(before, registry.meter(id));
}

/** The line at an endpoint; made, under the name the row gives it, when there is none. */
function lineFor(
  registry: Registry,
  endpoint: LineDraft["endpoint"],
  name: Reference | undefined,
  framing: LineDraft["framing"],
): number {
  const existing = registry.lineAt(endpoint);
  if (existing !== undefined) {
    refuseOtherWay(existing, endpoint);
    return existing.id;
  }
  const line = registry.addLine({
    endpoint,
    ...(name === undefined ? {} : { name: String(name) }),
    ...(framing === undefined ? {} : { framing }),
  });
  return line.id;
}

function setPaused(
  wanted: boolean | undefined,
  is: boolean,
  act: { readonly pause: () => unknown; readonly resume: () => unknown },
): void {
  if (wanted === undefined || wanted === is) return;
  if (wanted) act.pause();
  else act.resume();
}

/** The whole fleet as a file; no secret is in it. */
export function exportFleet(registry: Registry, format: FleetFormat): string {
  return formatFleet(registry.lines(), registry.meters(), format);
}
