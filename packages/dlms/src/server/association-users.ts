/**
 * Users of an association (Blue Book, class 15 version 2, class 12 version 3: user_list). A client
 * names its user in the AARQ as calling AE invocation id; where the list is empty nobody asks.
 */
import { array, structure, u8 } from "../axdr/construct.ts";
import type { Data } from "../axdr/data.ts";
import type { ActionResult } from "../xdlms/data-access-result.ts";
import type { MethodOutcome, ServerMethod } from "./object.ts";

/** One user that may associate. */
export interface AssociationUser {
  /** 0..255. */
  readonly userId: number;
  /** Visible characters. */
  readonly userName: string;
}

/** Users of one view, changed by clients and told to who keeps them. */
export class AssociationUsers {
  readonly #users = new Map<number, AssociationUser>();
  readonly #changed: (users: readonly AssociationUser[]) => void;

  /** `changed`: told after each change, to keep the list. */
  constructor(
    initial: readonly AssociationUser[] = [],
    changed: (users: readonly AssociationUser[]) => void = () => undefined,
  ) {
    for (const user of initial) this.#users.set(user.userId, user);
    this.#changed = changed;
  }

  get list(): readonly AssociationUser[] {
    return [...this.#users.values()];
  }

  /** True: a client that names this user may associate; undefined: it names none. */
  admits(userId: number | undefined): boolean {
    return this.#users.size === 0 || (userId !== undefined && this.#users.has(userId));
  }

  find(userId: number | undefined): AssociationUser | undefined {
    return userId === undefined ? undefined : this.#users.get(userId);
  }

  /** A user of that number is replaced. */
  add(user: AssociationUser): ActionResult {
    this.#users.set(user.userId, user);
    this.#changed(this.list);
    return "success";
  }

  remove({ userId }: AssociationUser): ActionResult {
    if (!this.#users.delete(userId)) return "object-undefined";
    this.#changed(this.list);
    return "success";
  }
}

/** user_list. */
export function userList(users: AssociationUsers | undefined): Data {
  return array((users?.list ?? []).map(userData));
}

/** current_user; nobody is number 0 without a name. */
export function currentUser(users: AssociationUsers | undefined, userId: number | undefined): Data {
  return userData(users?.find(userId) ?? { userId: userId ?? 0, userName: "" });
}

/** add_user or remove_user. */
export function userMethod(what: "add" | "remove"): ServerMethod {
  return {
    invoke: (parameters, { association }): MethodOutcome => {
      const user = userOf(parameters);
      if (user === undefined) return { result: "type-unmatched" };
      const { users } = association;
      return { result: users === undefined ? "read-write-denied" : users[what](user) };
    },
  };
}

function userData({ userId, userName }: AssociationUser): Data {
  return structure([u8(userId), { type: "visible-string", value: asciiOf(userName) }]);
}

function userOf(data: Data | undefined): AssociationUser | undefined {
  if (data?.type !== "structure" || data.value.length !== 2) return undefined;
  const [id, name] = data.value;
  if (id?.type !== "unsigned" || name?.type !== "visible-string") return undefined;
  return { userId: id.value, userName: textOf(name.value) };
}

/** One octet for each character, as a visible-string has them. */
function asciiOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function textOf(octets: Uint8Array): string {
  return String.fromCharCode(...octets);
}
