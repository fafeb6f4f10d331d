// The package as it is, unbundled, in a page and in a module Worker: what a browser gets is what Node gets.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";

import { bundleOf, init, Policy } from "@setpoint/core";

import { findChromium, launch, serve } from "../browser.mjs";

const skip = findChromium() === undefined && process.env.CI !== "true" ? "no Chromium on PATH" : false;
const BUNDLE = bundleOf({ schema: '{"properties": {"port": {"type": "integer"}}}' });
const CALL = { file: "a.yaml" };
const TEXT = 'name: "😀"\r\nport: "80"\r\n';

let server;
let browser;
let expected;

before(async () => {
  await init();
  expected = new Policy(BUNDLE).checkText(CALL, TEXT);
  if (skip) return;
  server = await serve(fileURLToPath(new URL("../packages/setpoint/", import.meta.url)));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.close();
});

async function openPage() {
  const page = await browser.newPage();
  await page.goto(`${server.address}conformance/blank.html`);
  return page;
}

test("a page gets the answer that Node gets, byte for byte", { skip, timeout: 60_000 }, async () => {
  const page = await openPage();
  const answer = await page.evaluate(async ([bundle, call, document]) => {
    const { init, Policy } = await import("/browser.js");
    await Promise.all([init(), init()]);
    return new Policy(bundle).checkText(call, document);
  }, [BUNDLE, CALL, TEXT]);
  assert.equal(answer, expected);
});

test("a module Worker gets it too", { skip, timeout: 60_000 }, async () => {
  const page = await openPage();
  const answer = await page.evaluate(async ([bundle, call, document, address]) => {
    const source = `
      import { init, Policy } from "${address}browser.js";
      onmessage = async ({ data: [bundle, call, text] }) => {
        await init();
        postMessage(new Policy(bundle).checkText(call, text));
      };`;
    const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })), { type: "module" });
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage([bundle, call, document]);
    });
  }, [BUNDLE, CALL, TEXT, server.address]);
  assert.equal(answer, expected);
});

test("after a failure to fetch, init can be called again", { skip, timeout: 60_000 }, async () => {
  const page = await openPage();
  await page.route("**/*.wasm", (route) => route.abort(), { times: 1 });
  const [kind, verdict] = await page.evaluate(async (bundle) => {
    const { init, Policy } = await import("/browser.js");
    const kind = await init().then(() => "none", (error) => error.kind);
    await init();
    return [kind, new Policy(bundle).check({ file: "a.json" }, "{}").verdict];
  }, BUNDLE);
  assert.deepEqual([kind, verdict], ["state", "pass"]);
});

test("hostile documents end in findings on the small stack of a browser", { skip, timeout: 60_000 }, async () => {
  const page = await openPage();
  const verdicts = await page.evaluate(async (bundle) => {
    const { init, Policy } = await import("/browser.js");
    await init();
    const policy = new Policy(bundle);
    const texts = ["[".repeat(1_000_000), '{"a":'.repeat(300_000), "[".repeat(99) + "]".repeat(99)];
    return texts.flatMap((text) => ["json", "yaml", "toml"].map((format) => policy.check({ file: `a.${format}` }, text).verdict));
  }, BUNDLE);
  assert.deepEqual(verdicts, ["fail", "fail", "fail", "fail", "fail", "fail", "pass", "pass", "fail"]);
});

test("the conformance host answers in order, byte for byte", { skip, timeout: 60_000 }, async () => {
  const host = spawn(process.execPath, [fileURLToPath(new URL("../conformance/chromium.mjs", import.meta.url))], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const request = { bundle: BUNDLE, call: CALL, text_base64: Buffer.from(TEXT).toString("base64") };
  const lines = Array.from({ length: 1200 }, (_, index) => JSON.stringify({ ...request, call: { file: `${index}.yaml` } }));
  host.stdin.end(`${lines.join("\n")}\n`);
  const answers = (await text(host.stdout)).trimEnd().split("\n");
  assert.equal(answers.length, 1200);
  answers.forEach((answer, index) => assert.equal(answer, expected.replaceAll("a.yaml", `${index}.yaml`)));
});
