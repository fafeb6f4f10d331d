import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import test from "node:test";

import { bundleOf, explain, init, Policy } from "../node.js";

await init();
const bundle = bundleOf({ schema: '{"properties": {"port": {"type": "integer"}}}' });
const call = { file: "a.json" };
const text_base64 = Buffer.from('{"port": "😀"}').toString("base64");

function answers(requests) {
  const program = fileURLToPath(new URL("../conformance/node.mjs", import.meta.url));
  const input = requests.map((request) => `${JSON.stringify(request)}\n`).join("");
  const { stdout, stderr, status } = spawnSync(process.execPath, [program], { input, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout.trimEnd().split("\n");
}

test("the conformance host answers every request in order, byte for byte", async () => {
  const policy = new Policy(bundle);
  const text = Buffer.from(text_base64, "base64");
  assert.deepEqual(
    answers([
      { bundle, call, text_base64 },
      { operation: "load", bundle },
      { operation: "lines", call, text_base64 },
      { bundle: "{", call, text_base64 },
      { bundle, call, text_base64 },
      { operation: "explain", code: "type-mismatch" },
    ]).with(3, ""),
    [policy.checkText(call, text), policy.loadText(), policy.checkLinesText(call, 1, text), "", policy.checkText(call, text), JSON.stringify(await explain("type-mismatch"))],
  );
});

test("what cannot be answered gets an error in its place", () => {
  const [broken, unknown, right] = answers([{ bundle: "{", call, text_base64 }, { operation: "guess", bundle }, { bundle, call, text_base64 }]);
  assert.match(JSON.parse(broken).error, /not a bundle/);
  assert.match(JSON.parse(unknown).error, /`guess`/);
  assert.equal(JSON.parse(right).verdict, "fail");
});
