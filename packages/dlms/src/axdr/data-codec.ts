import type { Codec } from "./codec.ts";
import type { Data } from "./data.ts";
import { readData } from "./data-decode.ts";
import { writeData } from "./data-encode.ts";

/** The recursive Data CHOICE as a member of declared sequences, under the default limits. */
export const data: Codec<Data> = {
  name: "Data",
  layout: { form: "data" },
  encode: writeData,
  decode: (reader) => readData(reader),
};
