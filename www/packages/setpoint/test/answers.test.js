import assert from "node:assert/strict";
import test from "node:test";

import { bundleOf, explain, init, Policy, version } from "../node.js";

await init();

const SCHEMA = JSON.stringify({
  type: "object",
  properties: {
    port: { type: "integer", minimum: 1, maximum: 65535 },
    plan: { enum: ["free", "team", "pro"] },
    quota: { type: "integer", minimum: 9007199254740992 },
    secret: { type: "string", writeOnly: true, minLength: 20 },
  },
  required: ["port"],
}).replace("9007199254740992", "9007199254740993");
const policy = new Policy(bundleOf({ settings: "billing", schema: SCHEMA, owner: "team-payments" }));

/** The answer without what only the form for editors has. */
function asInTheCore(answer) {
  return JSON.parse(JSON.stringify(answer), (name, value) => {
    if (name === "utf16_start" || name === "utf16_end") return undefined;
    if (name === "expected" && value.value !== undefined) return { ...value, value: JSON.parse(value.value) };
    return value;
  });
}

test("a document that is right passes", () => {
  const answer = policy.check({ file: "eu.yaml" }, "port: 80\n");
  assert.deepEqual(answer, { file: "eu.yaml", settings: "billing", version: 1, verdict: "pass", findings: [] });
});

test("a document that is right passes with the same answer again and again, whatever was asked in between", () => {
  const family = { settings: "billing", schema: SCHEMA, versionAt: "/port" };
  const versions = new Policy(bundleOf({ ...family, version: 80 }));
  const asked = [
    [{ file: "eu.json" }, '{"port": 80}'],
    [{ file: "eu.json" }, '{"port": 80}'],
    [{ file: "eu.json" }, '{"port": 80, "plan": "pro"}'],
    [{ file: "eu.json" }, '{"port": 81}'],
    [{ file: "eu.json" }, '{"port": 80, "plan": "por"}'],
    [{ file: "eu.json", version: 80 }, '{"port": 81}'],
    [{ file: "eu.json", version: 80 }, '{"port": 82}'],
    [{ file: "eu.yaml" }, "port: 80"],
    [{ file: "eu.yaml" }, "port: 80"],
    [{ file: "us.json" }, '{"port": 80}'],
    [{ file: "us.json" }, "port: 80"],
    [{ file: "us.json", format: "yaml" }, "port: 80"],
    [{ file: "us.json", format: "yaml" }, "port: 80"],
  ];
  for (const [call, text] of asked) {
    const alone = new Policy(bundleOf({ ...family, version: 80 }));
    assert.deepEqual(versions.check(call, text), alone.check(call, text), `${JSON.stringify(call)} ${text}`);
    alone.free();
  }
});

test("a call with a mistake is refused after the same call without it", () => {
  policy.check({ file: "eu.json" }, '{"port": 80}');
  policy.check({ file: "eu.json" }, '{"port": 80}');
  for (const call of [{ file: "eu.json", settngs: "billing" }, { file: 1 }, ["eu.json"], null]) {
    assert.throws(() => policy.check(call, '{"port": 80}'), { kind: "call" });
  }
  assert.throws(() => policy.check({ file: "eu.json" }, 80), { kind: "call" });
});

for (const [file, text] of [
  ["eu.json", '{"port": "80"}'],
  ["eu.jsonc", '{"port": "80", /* why */}'],
  ["eu.yaml", 'port: "80"'],
  ["eu.toml", 'port = "80"'],
]) {
  test(`a finding answers the three questions: ${file}`, () => {
    const { verdict, findings } = policy.check({ file }, text);
    assert.equal(verdict, "fail");
    const [finding, ...others] = findings;
    assert.deepEqual(others, []);
    assert.equal(finding.code, "type-mismatch");
    assert.match(finding.message, /port/);
    assert.match(finding.expected.text, /integer/);
    assert.equal(finding.expected.value, "80");
    assert.equal(finding.retry.when, "after-edit");
    assert.equal(finding.owner, "team-payments");
    assert.equal(text.slice(finding.span.utf16_start, finding.span.utf16_end), '"80"');
  });
}

test("the format of the call wins over the file name", () => {
  assert.equal(policy.check({ file: "eu.json", format: "yaml" }, "port: 80").verdict, "pass");
});

test("the text form is the object form without the additions for editors", () => {
  for (const text of ['{"port": 0}', '{"port": 80, "plan": "por"}', '{"port": 80, "secret": "short"}', "{", ""]) {
    const call = { file: "eu.json" };
    assert.deepEqual(JSON.parse(policy.checkText(call, text)), asInTheCore(policy.check(call, text)));
  }
  assert.deepEqual(JSON.parse(policy.loadText()), asInTheCore(policy.load()));
});

test("numbers that JavaScript cannot hold keep their digits", () => {
  const call = { file: "eu.json" };
  const text = '{"port": 80, "quota": 9007199254740991}';
  const [finding] = policy.check(call, text).findings;
  assert.equal(finding.expected.value, "9007199254740993");
  assert.match(policy.checkText(call, text), /"value":9007199254740993[,}]/);
  const [huge] = policy.check(call, '{"port": 123456789012345678901234567890}').findings;
  assert.match(huge.message, /123456789012345678901234567890/);
});

test("a secret appears nowhere in an answer", () => {
  const call = { file: "eu.json" };
  const text = '{"port": 80, "secret": "hunter2-😀"}';
  const answer = policy.check(call, text);
  assert.equal(answer.verdict, "fail");
  for (const written of [JSON.stringify(answer), policy.checkText(call, text), policy.checkLinesText(call, 1, text)]) {
    assert.doesNotMatch(written, /hunter2/);
  }
  const [hidden] = answer.hidden;
  assert.match(text.slice(hidden.utf16_start, hidden.utf16_end), /hunter2-😀/);
});

test("a schema that is wrong is a finding, and nothing passes because of it", () => {
  const broken = new Policy(bundleOf({ schema: '{"type": "strin"}' }));
  assert.equal(broken.load().reports[0].verdict, "fail");
  assert.notEqual(broken.check({ file: "eu.json" }, "{}").verdict, "pass");
});

test("every code in an answer has a page", async () => {
  const [finding] = policy.check({ file: "eu.json" }, '{"port": "80"}').findings;
  assert.match(await explain(finding.code), /What it does/);
  assert.equal(await explain("no-such-code"), undefined);
  assert.equal(await explain("toString"), undefined);
});

test("the example of the README holds", () => {
  const small = new Policy(bundleOf({ schema: '{"properties": {"port": {"type": "integer", "minimum": 1}}}' }));
  const { verdict, findings } = small.check({ file: "eu.yaml" }, 'port: "80"\n');
  const [{ code, message, expected, span }] = findings;
  assert.deepEqual([verdict, code, message, expected.value], ["fail", "type-mismatch", '`/port` is the string "80"', "80"]);
  assert.deepEqual([span.line, span.column, span.utf16_start, span.utf16_end], [1, 7, 6, 10]);
});

test("the version is that of the package", async () => {
  const { default: own } = await import("../package.json", { with: { type: "json" } });
  assert.equal(version(), own.version);
  assert.equal(policy.load().core, own.version);
});

for (const [title, text] of [
  ["nothing", ""],
  ["a hundred thousand brackets", "[".repeat(100_000)],
  ["a million braces", '{"a":'.repeat(1_000_000)],
  ["NUL bytes", "\0\0\0"],
  ["half of a surrogate pair", '{"port": "\ud800"}'],
  ["a number of 50,000 digits", `{"port": ${"9".repeat(50_000)}}`],
  ["bytes that are no UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
]) {
  for (const format of ["json", "yaml", "toml"]) {
    test(`hostile text ends in findings: ${title} as ${format}`, () => {
      const answer = policy.check({ file: `eu.${format}` }, text);
      assert.equal(answer.verdict, "fail");
      assert.ok(answer.findings.length >= 1);
    });
  }
}

test("the deepest documents that are allowed fit on the stack", () => {
  const free = new Policy(bundleOf({ schema: '{"$ref": "#/$defs/any", "$defs": {"any": {"additionalProperties": {"$ref": "#/$defs/any"}}}}' }));
  for (const depth of [50, 99]) {
    assert.equal(free.check({ file: "deep.json" }, `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`).verdict, "pass");
  }
});
