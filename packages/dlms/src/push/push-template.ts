import type { Data } from "../axdr/data.ts";
import type { ScalerUnit } from "../cosem/scaler-unit.ts";
import { textOf } from "../cosem/text.ts";
import type { ObisCode } from "../cosem/obis.ts";
import { obis } from "../cosem/obis.ts";

/** What stands at one position of a list without names. */
export interface TemplateColumn {
  readonly logicalName: ObisCode;
  /** What the meter does not say, its documentation does. */
  readonly scalerUnit?: ScalerUnit;
}

/** A push list whose values are named by their position alone (R58): a vendor's known list. */
export interface PushTemplate {
  readonly name: string;
  /** The list begins with a text that begins like this; absent: any beginning. */
  readonly beginning?: string;
  readonly columns: readonly TemplateColumn[];
}

const column = (code: string, unit?: number, scaler = 0): TemplateColumn => ({
  logicalName: obis(code),
  ...(unit === undefined ? {} : { scalerUnit: { scaler, unit } }),
});

const identity = [
  column("1.1.0.2.129.255"),
  column("0.0.96.1.0.255"),
  column("0.0.96.1.7.255"),
] as const;
const power = [
  column("1.0.1.7.0.255", 27),
  column("1.0.2.7.0.255", 27),
  column("1.0.3.7.0.255", 29),
  column("1.0.4.7.0.255", 29),
] as const;
const current = (code: string): TemplateColumn => column(code, 33, -3);
const voltage = (code: string): TemplateColumn => column(code, 35, -1);
const onePhase = [current("1.0.31.7.0.255"), voltage("1.0.32.7.0.255")] as const;
const threePhases = [
  current("1.0.31.7.0.255"),
  current("1.0.51.7.0.255"),
  current("1.0.71.7.0.255"),
  voltage("1.0.32.7.0.255"),
  voltage("1.0.52.7.0.255"),
  voltage("1.0.72.7.0.255"),
] as const;
const energy = [
  column("0.0.1.0.0.255"),
  column("1.0.1.8.0.255", 30),
  column("1.0.2.8.0.255", 30),
  column("1.0.3.8.0.255", 32),
  column("1.0.4.8.0.255", 32),
] as const;

const kaifa = (columns: readonly TemplateColumn[]): PushTemplate => ({
  name: `kaifa-${columns.length}`,
  beginning: "KFM_",
  columns,
});

/** Kaifa's lists for the Norwegian customer interface: power, one and three phases, each hour. */
export const pushTemplates: readonly PushTemplate[] = [
  { name: "kaifa-1", columns: [column("1.0.1.7.0.255", 27)] },
  kaifa([...identity, ...power, ...onePhase]),
  kaifa([...identity, ...power, ...threePhases]),
  kaifa([...identity, ...power, ...onePhase, ...energy]),
  kaifa([...identity, ...power, ...threePhases, ...energy]),
];

/** The template of a list: as many values, and the beginning it asks for. */
export function templateOf(
  values: readonly Data[],
  templates: readonly PushTemplate[],
): PushTemplate | undefined {
  return templates.find(
    ({ beginning, columns }) =>
      columns.length === values.length && (beginning === undefined || begins(values[0], beginning)),
  );
}

function begins(data: Data | undefined, beginning: string): boolean {
  const isText = data?.type === "octet-string" || data?.type === "visible-string";
  return isText && textOf(data.value, "visible-string").startsWith(beginning);
}
