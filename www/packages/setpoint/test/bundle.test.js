import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";

import { bundleOf, init, Policy } from "../node.js";

await init();

/** RFC 8785 for values without fractions: members in the order of their UTF-16 code units. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
  return `{${members.join(",")}}`;
}

const FULL = {
  settings: "billing",
  schema: '{"properties": {"at": {"type": "string", "format": "date"}, "token": {"minLength": 9}, "v": true}}',
  file: "schemas/billing/v2.json",
  version: 2,
  shared: [{ text: "{}", file: "common.json" }],
  format: false,
  owner: "team-payments",
  secrets: ["/token"],
  versionAt: "/v",
};

test("a call without options says what is missing", () => {
  assert.throws(() => bundleOf(), { name: "SetpointError", kind: "call", message: /`schema` is undefined/ });
});

test("the text is canonical, so that the digest is the one of the command line", () => {
  for (const options of [{ schema: "{}" }, FULL]) {
    const text = bundleOf(options);
    assert.equal(text, canonical(JSON.parse(text)));
    assert.equal(new Policy(text).digest, `sha256:${createHash("sha256").update(text).digest("hex")}`);
  }
});

test("every option reaches the core", () => {
  const policy = new Policy(bundleOf(FULL));
  assert.deepEqual(policy.load().reports, []);
  const passing = policy.check({ file: "a.json" }, '{"at": "no date", "v": 2}');
  assert.deepEqual([passing.verdict, passing.settings, passing.version], ["pass", "billing", 2]);
  const failing = policy.check({ file: "a.json" }, '{"token": "hunter2", "v": 2}');
  assert.equal(failing.findings[0].owner, "team-payments");
  assert.doesNotMatch(JSON.stringify(failing), /hunter2/);
  assert.equal(policy.check({ file: "a.json" }, '{"v": 3}').findings[0].code, "unknown-version");
});

test("`format` asserts unless it is switched off", () => {
  const schema = '{"format": "date"}';
  assert.equal(new Policy(bundleOf({ schema })).check({ file: "a.json" }, '"no date"').verdict, "fail");
  assert.equal(new Policy(bundleOf({ schema, format: false })).check({ file: "a.json" }, '"no date"').verdict, "pass");
});
