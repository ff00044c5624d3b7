/** Octets between the flags of one HDLC frame: the length field has 11 bits. */
export const frameOctetsMax = 0x7ff;
/** Octets of one APDU: the wrapper's length field and max PDU size have 16 bits. */
export const apduOctetsMax = 0xffff;
/** Octets of one block transfer or HDLC-segmented unit after reassembly; beyond: `xdlms/limit`. */
export const transferOctetsMax: number = 4 * 1024 * 1024;
/** Nesting of COSEM Data; beyond: `axdr/limit`. */
export const dataDepthMax = 32;
/** Elements of one array or structure, and of one compact-array; beyond: `axdr/limit`. */
export const dataElementsMax = 65_535;
/** Data values in one unit, all levels together; beyond: `axdr/limit`. */
export const dataValuesMax = 1_048_576;
/** One line of the IEC 62056-21 sign-on; a longer one is dropped. */
export const signOnLineOctetsMax = 64;
/** One data block of a mode C readout, or one P1 telegram; beyond: `iec62056-21/limit`. */
export const readoutOctetsMax: number = 256 * 1024;
