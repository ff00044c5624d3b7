/** Owner of a meter's secrets in the vault. */
export function meterOwner(meterId: number): string {
  return `meter:${meterId}`;
}

/** Owner of a sink's secrets in the vault. */
export function sinkOwner(sinkId: number): string {
  return `sink:${sinkId}`;
}

/** Fields of an owner. */
export const secretFields = {
  password: "password",
  thingsBoardToken: "thingsboard-token",
} as const;
