import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";

import { Engine } from "../dist/setpoint.js";
import { bundleOf, edit, init, Policy, SetpointError } from "../node.js";

await init();
const BUNDLE = bundleOf({ schema: "{}" });
const policy = new Policy(BUNDLE);

function fails(operation, kind, ...patterns) {
  assert.throws(operation, (error) => {
    assert.ok(error instanceof SetpointError, `${error} is a SetpointError`);
    assert.equal(error.kind, kind);
    assert.doesNotMatch(error.message, /\n|\bu32\b|\busize\b|struct|::/, "no Rust and no line breaks in a message");
    for (const pattern of patterns) assert.match(error.message, pattern);
    return true;
  });
}

for (const [title, bundle, ...patterns] of [
  ["no JSON", "{", /not a bundle/],
  ["empty", "", /not a bundle/],
  ["another form", '{"bundle":99,"settings":{}}', /form 99/, /form 1/],
  ["an unknown member", '{"bundle":1,"settings":{},"surprise":1}', /`surprise`/],
]) {
  test(`a bundle that cannot be read is named: ${title}`, () => {
    fails(() => new Policy(bundle), "bundle", /expected/, /fails again/, ...patterns);
  });
}

for (const [title, operation, ...patterns] of [
  ["no file", () => policy.check({}, ""), /`file`/],
  ["no call", () => policy.check(undefined, ""), /expected an object/],
  ["a member that is misspelt", () => policy.check({ file: "a", setings: "x" }, ""), /"setings"/, /only file, settings/],
  ["a version that is no whole number", () => policy.check({ file: "a", version: 1.5 }, ""), /`version`/, /1\.5/],
  ["a format that does not exist", () => policy.check({ file: "a", format: "xml" }, ""), /"xml"/, /"toml"/],
  ["a text that is no text", () => policy.check({ file: "a.json" }, 3), /`a\.json`/, /string or a Uint8Array/],
  ["a bundle that is no text", () => new Policy({}), /the bundle/],
  ["a line before the first", () => policy.checkLines({ file: "a" }, 0, ""), /at least 1/],
  ["a schema that is no text", () => bundleOf({ schema: {} }), /`schema`/],
  ["an option that does not exist", () => bundleOf({ schema: "", formats: true }), /`formats`/],
]) {
  test(`a call of the wrong shape says what was expected: ${title}`, () => {
    fails(operation, "call", /expected/, /fails again/, ...patterns);
  });
}

for (const [title, operation, ...patterns] of [
  ["a gate without documents", () => policy.gate({ settings: "x", migration: "y" }), /`documents`/],
  ["a document without text", () => policy.gate({ settings: "x", migration: "y", documents: [{ file: "a" }] }), /document 0/, /`text`/],
  ["readers that are no lists of versions", () => policy.gate({ settings: "x", migration: "y", documents: [], readers: { api: 1 } }), /`readers`/, /array/],
  ["a rehearsal without a time", () => policy.gate({ settings: "x", migration: "y", documents: [], rehearsal: { file: "r" } }), /`rehearsal`/, /`now`/],
  ["a conversion to nowhere", () => policy.convert({ file: "a.json" }, "{}"), /`to`/, /whole number/],
  ["a merge of two", () => policy.merge({ file: "a.json", format: "json", theirs: "{}" }), /`yours`/, /string/],
  ["a change of a kind that is not known", () => edit({ file: "a.json", format: "json", patch: [{ op: "swap", path: "" }] }, "{}"), /change 0/, /`op`/],
  ["a change of what is not there", () => edit({ file: "a.json", format: "json", patch: [{ op: "remove", path: "/a" }] }, "{}"), /change 0/, /`\/a`/],
  ["a complement that no conversion left", () => policy.convert({ file: "a.json", to: 1, complement: "{" }, "{}"), /complement/],
]) {
  test(`a call about versions of the wrong shape says what was expected: ${title}`, async () => {
    const error = await operation().then(() => assert.fail("it went through"), (error) => error);
    fails(() => { throw error; }, "call", /fails again/, ...patterns);
  });
}

test("a policy that was freed says so, and freeing twice does no harm", () => {
  const freed = new Policy(BUNDLE);
  freed.free();
  freed.free();
  fails(() => freed.check({ file: "a.json" }, "{}"), "state", /freed/);
});

test("changing the array of a bundle after loading changes nothing", () => {
  const bytes = new TextEncoder().encode(BUNDLE);
  const own = new Policy(bytes);
  bytes.fill(0);
  assert.equal(own.digest, policy.digest);
});

test("after an internal fault the error names the input, and every policy goes on", (t) => {
  const other = new Policy(BUNDLE);
  const fault = t.mock.method(Engine.prototype, "check_text", () => {
    throw new WebAssembly.RuntimeError("unreachable");
  });
  fails(() => policy.checkText({ file: "eu.json" }, "{}"), "internal", /`eu\.json`/, /restarted/, /report/);
  fault.mock.restore();
  for (const survivor of [policy, other, new Policy(BUNDLE)]) {
    assert.equal(survivor.check({ file: "eu.json" }, "{}").verdict, "pass");
  }
});

test("calls before init say what to do", () => {
  const script = `
    import { version } from ${JSON.stringify(new URL("../node.js", import.meta.url).href)};
    try { version(); } catch (error) { console.log(error.kind, error.message); }`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" });
  assert.match(stdout, /^state .*await init\(\)/);
});
