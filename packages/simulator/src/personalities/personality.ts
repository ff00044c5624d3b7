/** Meter families the simulator plays; each is a record of data in `personality-table.ts`. */
export const personalityNames = [
  "microstar",
  "generic-three-phase",
  "seven-e",
  "segmented",
  "strict",
] as const;

export type PersonalityName = (typeof personalityNames)[number];
