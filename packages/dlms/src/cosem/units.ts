/** One row of the Blue Book's unit enumeration (4.3.2, `scal_unit_type`). */
export interface Unit {
  readonly code: number;
  /** `V`, `kWh`'s base `Wh`; `unit-NNN` where the code is not in the table; empty for 255. */
  readonly symbol: string;
  readonly name: { readonly en: string; readonly es: string };
}

type UnitRow = readonly [code: number, symbol: string, en: string, es: string];

/** Codes 58, 59, 68, 69 and 128..174 are left out: their names are not settled between sources. */
const rows: readonly UnitRow[] = [
  [1, "a", "year", "a\u00f1o"],
  [2, "mo", "month", "mes"],
  [3, "wk", "week", "semana"],
  [4, "d", "day", "d\u00eda"],
  [5, "h", "hour", "hora"],
  [6, "min", "minute", "minuto"],
  [7, "s", "second", "segundo"],
  [8, "\u00b0", "degree (angle)", "grado (\u00e1ngulo)"],
  [9, "\u00b0C", "degree Celsius", "grado Celsius"],
  [10, "currency", "currency", "moneda"],
  [11, "m", "metre", "metro"],
  [12, "m/s", "metre per second", "metro por segundo"],
  [13, "m\u00b3", "cubic metre", "metro c\u00fabico"],
  [14, "m\u00b3", "cubic metre, corrected", "metro c\u00fabico corregido"],
  [15, "m\u00b3/h", "cubic metre per hour", "metro c\u00fabico por hora"],
  [16, "m\u00b3/h", "cubic metre per hour, corrected", "metro c\u00fabico por hora, corregido"],
  [17, "m\u00b3/d", "cubic metre per day", "metro c\u00fabico por d\u00eda"],
  [18, "m\u00b3/d", "cubic metre per day, corrected", "metro c\u00fabico por d\u00eda, corregido"],
  [19, "l", "litre", "litro"],
  [20, "kg", "kilogram", "kilogramo"],
  [21, "N", "newton", "newton"],
  [22, "Nm", "newton metre", "newton metro"],
  [23, "Pa", "pascal", "pascal"],
  [24, "bar", "bar", "bar"],
  [25, "J", "joule", "julio"],
  [26, "J/h", "joule per hour", "julio por hora"],
  [27, "W", "watt", "vatio"],
  [28, "VA", "volt-ampere", "voltamperio"],
  [29, "var", "var", "var"],
  [30, "Wh", "watt-hour", "vatio-hora"],
  [31, "VAh", "volt-ampere-hour", "voltamperio-hora"],
  [32, "varh", "var-hour", "var-hora"],
  [33, "A", "ampere", "amperio"],
  [34, "C", "coulomb", "culombio"],
  [35, "V", "volt", "voltio"],
  [36, "V/m", "volt per metre", "voltio por metro"],
  [37, "F", "farad", "faradio"],
  [38, "\u03a9", "ohm", "ohmio"],
  [39, "\u03a9m\u00b2/m", "ohm metre (resistivity)", "ohmio metro (resistividad)"],
  [40, "Wb", "weber", "weber"],
  [41, "T", "tesla", "tesla"],
  [42, "A/m", "ampere per metre", "amperio por metro"],
  [43, "H", "henry", "henrio"],
  [44, "Hz", "hertz", "hercio"],
  [45, "1/(Wh)", "pulses per watt-hour", "pulsos por vatio-hora"],
  [46, "1/(varh)", "pulses per var-hour", "pulsos por var-hora"],
  [47, "1/(VAh)", "pulses per volt-ampere-hour", "pulsos por voltamperio-hora"],
  [48, "V\u00b2h", "volt squared hour", "voltio cuadrado hora"],
  [49, "A\u00b2h", "ampere squared hour", "amperio cuadrado hora"],
  [50, "kg/s", "kilogram per second", "kilogramo por segundo"],
  [51, "S", "siemens", "siemens"],
  [52, "K", "kelvin", "kelvin"],
  [53, "1/(V\u00b2h)", "pulses per volt squared hour", "pulsos por voltio cuadrado hora"],
  [54, "1/(A\u00b2h)", "pulses per ampere squared hour", "pulsos por amperio cuadrado hora"],
  [55, "1/m\u00b3", "pulses per cubic metre", "pulsos por metro c\u00fabico"],
  [56, "%", "percent", "por ciento"],
  [57, "Ah", "ampere-hour", "amperio-hora"],
  [60, "Wh/m\u00b3", "watt-hour per cubic metre", "vatio-hora por metro c\u00fabico"],
  [61, "J/m\u00b3", "joule per cubic metre", "julio por metro c\u00fabico"],
  [62, "mol %", "mole percent", "por ciento molar"],
  [63, "g/m\u00b3", "gram per cubic metre", "gramo por metro c\u00fabico"],
  [64, "Pa s", "pascal second", "pascal segundo"],
  [65, "J/kg", "joule per kilogram", "julio por kilogramo"],
  [66, "g/cm\u00b2", "gram per square centimetre", "gramo por cent\u00edmetro cuadrado"],
  [67, "atm", "atmosphere", "atm\u00f3sfera"],
  [70, "dBm", "decibel-milliwatt", "decibelio-milivatio"],
  [71, "dB\u00b5V", "decibel-microvolt", "decibelio-microvoltio"],
  [72, "dB", "decibel", "decibelio"],
  [253, "reserved", "reserved", "reservado"],
  [254, "other", "other unit", "otra unidad"],
  [255, "", "no unit", "sin unidad"],
];

/** No unit: counts, power factors, texts. */
export const noUnit = 255;

/** The enumeration, by code. */
export const units: ReadonlyMap<number, Unit> = new Map(
  rows.map(([code, symbol, en, es]) => [code, { code, symbol, name: { en, es } }]),
);

/** Row of a code. Codes outside the table get the symbol `unit-NNN`; never throws. */
export function unitOf(code: number): Unit {
  const known = units.get(code);
  if (known !== undefined) return known;
  const symbol = `unit-${code}`;
  return { code, symbol, name: { en: symbol, es: symbol } };
}

/** Symbol of a code: `V`, `Wh`, `unit-130`, empty for 255. */
export function unitSymbol(code: number): string {
  return unitOf(code).symbol;
}
