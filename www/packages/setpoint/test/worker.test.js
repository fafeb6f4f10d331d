import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { Worker } from "node:worker_threads";

import { bundleOf, init, Policy } from "../node.js";

const BUNDLE = bundleOf({ schema: '{"properties": {"port": {"type": "integer"}}}' });
const TEXT = '{"port": "80"}';

function inWorker(workerData) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

test("a Worker gives the same answer as the main thread", async () => {
  await init();
  const expected = new Policy(BUNDLE).checkText({ file: "a.json" }, TEXT);
  assert.match(expected, /type-mismatch/);
  assert.equal(await inWorker({ bundle: BUNDLE, text: TEXT }), expected);
});

test("a Worker takes a module that was compiled elsewhere", async () => {
  const module = await WebAssembly.compile(await readFile(new URL("../dist/setpoint_bg.wasm", import.meta.url)));
  assert.match(await inWorker({ bundle: BUNDLE, text: TEXT, module }), /type-mismatch/);
});
