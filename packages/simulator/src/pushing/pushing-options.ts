/** What the meters of a fleet push. */
export interface PushingOptions {
  /** Where their push setups point at first; clients may write other destinations. */
  readonly host: string;
  readonly port: number;
  /** Absent = "tcp". */
  readonly transport?: "tcp" | "udp";
  /** Absent = "wrapper"; "apdu" is nothing around it. */
  readonly framing?: "wrapper" | "hdlc" | "apdu";
  /** Between two interval pushes of a meter, s; each meter has its own phase. Absent: none. */
  readonly intervalS?: number;
  /** Under general-glo, with the meter's keys. Absent = as the meter is. */
  readonly ciphered?: boolean;
  /** Whether the head-end is asked to confirm. Absent = false. */
  readonly confirmed?: boolean;
  /** A longer push goes in general blocks, octets. Absent = 65535. */
  readonly apduOctetsMax?: number;
}

/** Client SAP pushes are for. */
export const pushClientSap = 1;
