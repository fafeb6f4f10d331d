import assert from "node:assert/strict";
import test from "node:test";

import { bundleOf, init, Policy } from "../node.js";

await init();
const policy = new Policy(bundleOf({ schema: '{"properties": {"port": {"type": "integer"}, "name": {"type": "string"}}}' }));

/** The part of the text that a finding points at, cut with the UTF-16 offsets. */
function pointedAt(text, finding) {
  return text.slice(finding.span.utf16_start, finding.span.utf16_end);
}

for (const [title, text] of [
  ["plain ASCII", '{"port": "80"}'],
  ["an emoji before the value", '{"name": "😀", "port": "80"}'],
  ["letters of two and three bytes", '{"name": "é中", "port": "80"}'],
  ["CRLF line ends", '{\r\n  "name": "😀",\r\n  "port": "80"\r\n}\r\n'],
  ["an emoji inside the value", '{"port": "80"}'.replace("80", "😀")],
]) {
  test(`UTF-16 offsets cut the wrong value out of a JavaScript string: ${title}`, () => {
    const { findings } = policy.check({ file: "a.json" }, text);
    assert.deepEqual(findings.map(({ code }) => code), ["type-mismatch"]);
    assert.equal(pointedAt(text, findings[0]), JSON.stringify(JSON.parse(text).port));
  });
}

test("the same text as bytes gives the same answer", () => {
  const text = '{"name": "😀", "port": "80"}';
  const call = { file: "a.json" };
  assert.deepEqual(policy.check(call, new TextEncoder().encode(text)), policy.check(call, text));
});

test("edits carry UTF-16 offsets that apply to a JavaScript string", () => {
  const text = '{"name": "😀", "port": "80"}';
  const [{ fix }] = policy.check({ file: "a.json" }, text).findings;
  const [edit] = fix.edits;
  assert.equal(text.slice(0, edit.utf16_start) + edit.text + text.slice(edit.utf16_end), '{"name": "😀", "port": 80}');
});

test("columns count characters where UTF-16 offsets count code units", () => {
  const [{ span }] = policy.check({ file: "a.json" }, '{"name": "😀", "port": "80"}').findings;
  assert.equal(span.column, span.utf16_start);
  assert.equal(span.start, span.utf16_start + 2);
});

test("findings in a schema point into the schema's text", () => {
  const schema = '{"title": "😀", "type": "strin"}';
  const { reports } = new Policy(bundleOf({ schema })).load();
  assert.equal(reports[0].file, "schema.json");
  assert.equal(pointedAt(schema, reports[0].findings[0]), '"strin"');
});

test("findings in a line count from the start of the line", () => {
  const lines = '{"port": 1}\n\n{"name": "😀", "port": "80"}\n';
  const answer = policy.checkLines({ file: "a.ndjson" }, 10, lines);
  assert.equal(answer.documents, 2);
  assert.equal(answer.reports[0].file, "a.ndjson:12");
  assert.equal(pointedAt(lines.split("\n")[2], answer.reports[0].findings[0]), '"80"');
});
