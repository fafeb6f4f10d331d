// What changed between two values, as a JSON Patch (RFC 6902). A form says what a document has become; the core writes into its text only
// what has changed.

import type { Operation } from "@setpoint/core";

type Members = Record<string, unknown>;

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Members that a form says are there without a value are not there. */
function present(value: Members): string[] {
  return Object.keys(value).filter((key) => value[key] !== undefined);
}

/** Whether two values are the same but for the order of their members. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  }
  if (isMembers(one) && isMembers(other)) {
    const keys = present(one);
    return keys.length === present(other).length && keys.every((key) => isSame(one[key], other[key]));
  }
  return Object.is(one, other);
}

/** The pointer to a member or an item. */
export function below(at: string, token: string | number): string {
  return `${at}/${String(token).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** A value as JSON has it: an item that a form has just made has none yet. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (isMembers(value)) return Object.fromEntries(present(value).map((key) => [key, plain(value[key])]));
  return value ?? null;
}

/** The changes that make the one value of the other. */
export function patchBetween(before: unknown, after: unknown, at = ""): Operation[] {
  if (isSame(before, after)) return [];
  if (isMembers(before) && isMembers(after)) return members(before, after, at);
  if (Array.isArray(before) && Array.isArray(after)) return items(before, after, at);
  return [{ op: "replace", path: at, value: plain(after) }];
}

function members(before: Members, after: Members, at: string): Operation[] {
  const has = (value: Members, key: string) => Object.hasOwn(value, key) && value[key] !== undefined;
  const gone = present(before).filter((key) => !has(after, key));
  const come = present(after).filter((key) => !has(before, key));
  // One key for another, with the same value: it was renamed, and keeps what is written beside it.
  const [from, to] = [gone[0], come[0]];
  if (gone.length === 1 && come.length === 1 && from !== undefined && to !== undefined && isSame(before[from], after[to])) {
    const { [from]: _, ...rest } = before;
    const { [to]: __, ...others } = after;
    return [{ op: "move", from: below(at, from), path: below(at, to) }, ...members(rest, others, at)];
  }
  const both = present(before).filter((key) => has(after, key));
  return [
    ...gone.map((key): Operation => ({ op: "remove", path: below(at, key) })),
    ...both.flatMap((key) => patchBetween(before[key], after[key], below(at, key))),
    ...come.map((key): Operation => ({ op: "add", path: below(at, key), value: plain(after[key]) })),
  ];
}

function items(before: unknown[], after: unknown[], at: string): Operation[] {
  const least = Math.min(before.length, after.length);
  let first = 0;
  while (first < least && isSame(before[first], after[first])) first += 1;
  let last = 0;
  while (last < least - first && isSame(before[before.length - 1 - last], after[after.length - 1 - last])) last += 1;
  const [was, is] = [before.slice(first, before.length - last), after.slice(first, after.length - last)];
  const swapped = was.length === 2 && is.length === 2 && isSame(was[0], is[1]) && isSame(was[1], is[0]);
  if (swapped) return [{ op: "move", from: below(at, first + 1), path: below(at, first) }];
  const both = Math.min(was.length, is.length);
  return [
    ...was.slice(0, both).flatMap((item, index) => patchBetween(item, is[index], below(at, first + index))),
    // From the end, so that the others stay where they are.
    ...was.slice(both).map((_, index): Operation => ({ op: "remove", path: below(at, first + was.length - 1 - index) })),
    ...is.slice(both).map((item, index): Operation => ({ op: "add", path: below(at, first + both + index), value: plain(item) })),
  ];
}
