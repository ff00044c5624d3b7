import { OctetWriter, apduOctetsMax } from "@lectura/dlms/octets";

/**
 * Where every session of the process writes the unit it is about to send. Nothing survives a call:
 * the link copies the unit before anything else can be written, so one buffer serves thousands of
 * sessions that would each keep their own idle.
 */
export const scratch: OctetWriter = new OctetWriter(apduOctetsMax + 16, 512);
