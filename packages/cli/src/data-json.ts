import { type Data, encodeData } from "@lectura/dlms/axdr";
import { type Json, translate } from "@lectura/dlms/translate";

/** Data as the translator writes it: `{ t, v }`. */
export function dataJson(data: Data): Json {
  return translate("axdr-data", { octets: encodeData(data), keys: {}, given: {} });
}
