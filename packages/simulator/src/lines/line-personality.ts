/** How the converter before the meters behaves (reference: section 8.1 of the original's dossier). */
export const linePersonalityNames = [
  "plain",
  "ser2net-busy",
  "esp32",
  "chunked",
  "stale-ua",
  "reject-auth",
  "access-errors",
  "echo",
  "http",
  "silent",
] as const;

export type LinePersonalityName = (typeof linePersonalityNames)[number];
