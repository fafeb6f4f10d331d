// What a form says has changed, as a JSON Patch: the core makes the one document of the other with it, whatever the two are.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { transformWithOxc } from "vite";

import { edit, initComparing } from "@setpoint/core";

const file = new URL("../src/app/patch.ts", import.meta.url);
const { code } = await transformWithOxc(readFileSync(file, "utf8"), file.pathname);
const { isSame, patchBetween } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
await initComparing();

/** Numbers that look random and are the same in every run. */
function random(seed) {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const KEYS = ["a", "b/c", "d~e", "", "ü"];

function value(next, depth = 0) {
  switch (next(depth > 2 ? 5 : 7)) {
    case 0: return null;
    case 1: return next(2) === 0;
    case 2: return next(4);
    case 3: return "text".slice(next(4));
    case 4: return next(100) / 8;
    case 5: return Array.from({ length: next(4) }, () => value(next, depth + 1));
    default: return Object.fromEntries(KEYS.filter(() => next(2) === 0).map((key) => [key, value(next, depth + 1)]));
  }
}

/** The same with something changed, as a form changes one thing after the other. */
function changed(next, before) {
  if (next(4) === 0) return value(next, 1);
  if (Array.isArray(before)) {
    const items = [...before];
    const at = next(items.length + 1);
    if (next(2) === 0) items.splice(at, next(2), value(next, 2));
    else if (items.length > 1) items.splice(at % (items.length - 1), 2, items[(at % (items.length - 1)) + 1], items[at % (items.length - 1)]);
    else items.splice(at, 1);
    return items;
  }
  if (typeof before === "object" && before !== null) {
    const keys = Object.keys(before);
    const key = keys[next(Math.max(keys.length, 1))];
    if (key === undefined) return { ...before, new: value(next, 2) };
    const { [key]: was, ...rest } = before;
    return [rest, { ...rest, renamed: was }, { ...before, [key]: changed(next, was) }][next(3)];
  }
  return value(next, 1);
}

test("the core makes of any document any other, and what is said to change is what differs", async () => {
  const next = random(0x5e7_9017);
  for (let pair = 0; pair < 3_000; pair += 1) {
    const before = value(next);
    const after = pair % 2 === 0 ? value(next) : changed(next, before);
    const patch = patchBetween(before, after);
    const { text } = await edit({ file: "a.json", format: "json", patch }, JSON.stringify(before));
    const said = `${JSON.stringify(before)} → ${JSON.stringify(after)}: ${JSON.stringify(patch)}`;
    assert.ok(isSame(JSON.parse(text), after), `${said} gives ${text}`);
    assert.equal(patch.length === 0, isSame(before, after), said);
  }
});

test("one change of a form is one change of the text", () => {
  for (const [before, after, patch] of [
    [{ a: 1, b: 2 }, { a: 1, c: 2 }, [{ op: "move", from: "/b", path: "/c" }]],
    [{ l: [1, 2, 3] }, { l: [1, 3, 2] }, [{ op: "move", from: "/l/2", path: "/l/1" }]],
    [{ l: [1, 2, 3] }, { l: [1, 3] }, [{ op: "remove", path: "/l/1" }]],
    [{ l: [{ x: 1 }] }, { l: [{ x: 1 }, undefined] }, [{ op: "add", path: "/l/1", value: null }]],
    [{ l: [{ x: 1, y: 2 }] }, { l: [{ x: 3, y: 2 }] }, [{ op: "replace", path: "/l/0/x", value: 3 }]],
    [{ a: 1 }, { a: undefined }, [{ op: "remove", path: "/a" }]],
    [{ "a/b": { "~": 1 } }, { "a/b": { "~": 2 } }, [{ op: "replace", path: "/a~1b/~0", value: 2 }]],
    [{ a: 0 }, { a: -0 }, [{ op: "replace", path: "/a", value: -0 }]],
    [1, undefined, [{ op: "replace", path: "", value: null }]],
    [{ a: [] }, { a: [] }, []],
  ]) {
    assert.deepEqual(patchBetween(before, after), patch);
  }
});
