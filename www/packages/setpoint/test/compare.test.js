import assert from "node:assert/strict";
import test from "node:test";

import { bundleOf, init, initComparing, Policy } from "../node.js";

await init();
const OLD = '{"type": "object", "properties": {"timeout_s": {"enum": [1, 9007199254740993]}}, "additionalProperties": false}';
const NEW = '{"type": "object",\n "properties": {"timeout_s": {"enum": [1]}},\n "required": ["timeout_s"], "additionalProperties": false}';
const bundle = bundleOf({ settings: "billing", version: 10, schema: NEW, file: "v10.json", others: [{ version: 2, schema: OLD, file: "v2.json" }] });
const policy = new Policy(bundle);
const call = { old: { settings: "billing", version: 2 }, new: { settings: "billing" } };

test("a change that breaks has witnesses, and findings where the new schema stands", async () => {
  const { from, to, any, declared, reports } = await policy.compare(call);
  assert.deepEqual([from, to], ["v2.json", "v10.json"]);
  assert.deepEqual([any.backward.relation, any.forward.relation, declared.backward.relation], ["breaking", "compatible", "breaking"]);
  const [first, second] = any.backward.evidence;
  assert.equal(first.witness, "{}");
  assert.match(first.reason, /`\/timeout_s` was optional, is now required/);
  // More digits than a JavaScript number has.
  assert.equal(second.witness, '{"timeout_s":9007199254740993}');
  const [{ file, findings }] = reports;
  assert.equal(file, "v10.json");
  const { span } = findings.find((finding) => finding.message.includes("is now required"));
  assert.equal(NEW.slice(span.utf16_start, span.utf16_end), '["timeout_s"]');
});

test("documents at hand are counted", async () => {
  const documents = [{ file: "eu.json", text: "{}" }, { file: "us.yaml", text: "timeout_s: 1" }];
  const { at_hand } = await policy.compare({ ...call, documents, reading: "documents" });
  assert.deepEqual([at_hand.documents, at_hand.breaking, at_hand.files], [2, 1, ["eu.json"]]);
});

test("the text form is what the object form holds, without the additions for editors", async () => {
  const text = await policy.compareText(call);
  assert.match(text, /"witness":\{"timeout_s":9007199254740993\}/);
  assert.doesNotMatch(text, /utf16/);
});

test("a bundle with several versions has the digest of its canonical text", () => {
  assert.ok(bundle.indexOf('"10"') < bundle.indexOf('"2"'));
  assert.match(policy.digest, /^sha256:/);
});

test("a version that has two schemas is refused", () => {
  const twice = () => bundleOf({ schema: NEW, others: [{ version: 1, schema: OLD, file: "old.json" }] });
  assert.throws(twice, { kind: "call", message: /version 1 has two schemas; expected one schema/ });
});

test("mistakes in a call are named", async () => {
  await assert.rejects(policy.compare({ old: call.old }), { kind: "call", message: /`new`/ });
  await assert.rejects(policy.compare({ ...call, reading: "closed" }), { kind: "call", message: /"declared"/ });
  await assert.rejects(policy.compare({ ...call, old: { settings: 1 } }), { kind: "call", message: /`settings`/ });
  const freed = new Policy(bundle);
  freed.free();
  await assert.rejects(freed.compare(call), { kind: "state" });
});

test("the module that compares is loaded once, whoever asks", async () => {
  await Promise.all([initComparing(), initComparing(), policy.compare(call)]);
});

test("an unknown version is a finding", async () => {
  const { any, reports } = await policy.compare({ ...call, old: { settings: "billing", version: 3 } });
  assert.equal(any, undefined);
  assert.notEqual(reports[0].verdict, "pass");
});
