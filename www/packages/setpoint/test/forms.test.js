import assert from "node:assert/strict";
import test from "node:test";

import { bundleOf, edit, init, Policy } from "../node.js";

await init();

const SCHEMA = JSON.stringify({ properties: { token: { writeOnly: true } } });

test("a form gets a value, and hears what of it is a secret or another number", () => {
  const policy = new Policy(bundleOf({ schema: SCHEMA }));
  const text = "# 😀\nport: 0x50\ntoken: word\nbig: 9007199254740993\n";
  const { hidden, ...answer } = policy.value({ file: "eu.yaml" }, text);
  assert.deepEqual(hidden.map(({ utf16_start, utf16_end }) => text.slice(utf16_start, utf16_end)), ["word"]);
  assert.deepEqual(answer, {
    value: '{"port":80,"token":"word","big":9007199254740993}',
    version: 1,
    secrets: ["/token"],
    inexact: ["/big"],
  });
  assert.equal(policy.value({ file: "eu.json" }, "{").value, undefined);
});

test("what a form changes is written where it stands, and the rest stays", async () => {
  const text = "# ours 😀\nport: 0x50   # plain\nbig: 9007199254740993\n";
  const call = { file: "eu.yaml", format: "yaml", patch: [{ op: "replace", path: "/port", value: null }, { op: "add", path: "/on", value: [true] }] };
  const answer = await edit(call, text);
  assert.equal(answer.text, '# ours 😀\nport: null   # plain\nbig: 9007199254740993\n"on":\n  - true\n');
  assert.equal(answer.report.verdict, "pass");
  const broken = await edit({ ...call, patch: [] }, "😀: [");
  assert.equal(broken.text, undefined);
  assert.equal(broken.report.findings[0].span.utf16_start, 4);
});
