/** Relative load over one local day; 24 knots on the hour, straight lines between, mean 1. */
export interface DayShape {
  /** Value on each full hour; the last line leads back to the first knot. */
  readonly knots: readonly number[];
  /** Integral in seconds from midnight to each full hour; 25 entries, the last is 86400. */
  readonly prefix: readonly number[];
  /** Relative load of the days from Monday to Sunday. */
  readonly week: readonly number[];
}

const hourS = 3600;
const dayS = 86_400;

/** @throws {RangeError} not 24 positive knots, or not 7 positive days. */
export function dayShape(knots: readonly number[], week: readonly number[]): DayShape {
  if (knots.length !== 24 || week.length !== 7 || ![...knots, ...week].every((x) => x > 0)) {
    throw new RangeError("a day shape has 24 positive knots and 7 positive days");
  }
  // Straight lines through a periodic curve: its mean is the mean of its knots.
  const mean = knots.reduce((sum, knot) => sum + knot, 0) / 24;
  const scaled = knots.map((knot) => knot / mean);
  const prefix = [0];
  for (let hour = 0; hour < 24; hour++) {
    const area = ((scaled[hour]! + scaled[(hour + 1) % 24]!) / 2) * hourS;
    prefix.push(prefix[hour]! + area);
  }
  prefix[24] = dayS;
  return { knots: scaled, prefix, week };
}

/** Evening peak, quiet nights, busier weekends. */
export const household: DayShape = dayShape(
  [
    0.45, 0.4, 0.38, 0.36, 0.38, 0.5, 0.85, 1.15, 1.05, 0.9, 0.85, 0.95, 1.2, 1.1, 0.9, 0.85, 0.95,
    1.25, 1.7, 2.0, 1.9, 1.55, 1.05, 0.65,
  ],
  [0.97, 0.95, 0.96, 0.97, 1.0, 1.08, 1.07],
);

/** Opening hours from eight to eighteen, a base load at night, half-closed weekends. */
export const commerce: DayShape = dayShape(
  [
    0.3, 0.3, 0.29, 0.29, 0.3, 0.34, 0.5, 0.95, 1.6, 1.85, 1.95, 1.9, 1.6, 1.75, 1.9, 1.9, 1.8, 1.5,
    0.9, 0.6, 0.45, 0.38, 0.34, 0.31,
  ],
  [1.15, 1.18, 1.17, 1.16, 1.14, 0.75, 0.45],
);
