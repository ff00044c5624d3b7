/** Sign-on of IEC 62056-21 mode E before the HDLC link, as optical heads need it. */
export interface ModeEOptions {
  /** Device address, up to 32 letters and digits. Absent: whoever is at the head. */
  readonly address?: string;
  /** The fastest rate to ask for, Bd. Absent: the meter's; on a stream without a rate: 300. */
  readonly baudMax?: number;
  /** Rate of the sign-on, Bd. Absent: 300. */
  readonly startBaud?: number;
  /**
   * Even parity stands in bit 7, because the line stays at eight bits. Absent: true where the port
   * cannot change its character format (a converter at 8N1), false on a serial port.
   */
  readonly parityInOctets?: boolean;
  /** Wake a battery-powered meter first (annex B): 2.2 s of NUL, then a pause. Absent: false. */
  readonly wakeUp?: boolean;
  /** One line of the meter, ms. Absent: 3000. */
  readonly responseMs?: number;
  /** How often the sign-on is tried. Absent: 3. */
  readonly attemptsMax?: number;
}
