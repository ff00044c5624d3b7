/** Sign-on of IEC 62056-21, as optical heads need it; modes C and E have it in common. */
export interface SignOnOptions {
  /** Device address, up to 32 letters and digits. Absent: whoever is at the head. */
  readonly address?: string;
  /**
   * The fastest rate to ask for, Bd. Absent: the meter's; on a stream whose rate is set elsewhere
   * `startBaud`, because nothing can follow a change.
   */
  readonly baudMax?: number;
  /** Rate of the sign-on, Bd; the converter's where it is fixed. Absent: 300. */
  readonly startBaud?: number;
  /**
   * Even parity stands in bit 7, because the line stays at eight bits. Absent: true where the port
   * cannot change its character format (a converter at 8N1), false on a serial port.
   */
  readonly parityInOctets?: boolean;
  /** Wake a battery-powered meter first (annex B): 2.2 s of NUL, then a pause. Absent: false. */
  readonly wakeUp?: boolean;
  /** One line of the meter, and a pause inside its data, ms. Absent: 3000. */
  readonly responseMs?: number;
  /** How often the sign-on is tried. Absent: 3. */
  readonly attemptsMax?: number;
}

/** Sign-on of mode E before the HDLC link of a session. */
export interface ModeEOptions extends SignOnOptions {
  /**
   * End with `SOH B0 ETX BCC` behind DISC, for meters that stay in HDLC otherwise. Only on a port
   * the session has opened itself. Absent: false.
   */
  readonly signOff?: boolean;
}
