/** What a translation is made of. `undefined` members are left out when printed. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** A translation with named members. */
export type JsonObject = { readonly [key: string]: Json | undefined };
