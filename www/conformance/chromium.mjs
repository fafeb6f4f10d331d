// The web module in headless Chromium, for the conformance suite: a request per line on standard input, an answer per
// line on standard output, in the same order. The protocol is in packages/setpoint/conformance/answers.js.

import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { launch, serve } from "../browser.mjs";

/** A crossing into the page costs about a millisecond, so requests cross together, up to this many and this long. */
const BATCH_REQUESTS = 500;
const BATCH_CHARACTERS = 4_000_000;

const server = await serve(fileURLToPath(new URL("../packages/setpoint/", import.meta.url)));
const browser = await launch();
try {
  const page = await browser.newPage();
  await page.goto(`${server.address}conformance/blank.html`);
  await page.evaluate(async () => {
    const [{ explain, init, Policy }, { answersBy }] = await Promise.all([import("/browser.js"), import("/conformance/answers.js")]);
    await init();
    globalThis.answer = answersBy({ Policy, explain });
  });

  let batch = [];
  let characters = 0;
  const flush = async () => {
    if (batch.length === 0) return;
    const answers = await page.evaluate(async (lines) => {
      const answers = [];
      for (const line of lines) answers.push(await globalThis.answer(JSON.parse(line)));
      return answers;
    }, batch);
    batch = [];
    characters = 0;
    if (!process.stdout.write(`${answers.join("\n")}\n`)) {
      await new Promise((resolve) => process.stdout.once("drain", resolve));
    }
  };

  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line.trim() === "") continue;
    batch.push(line);
    characters += line.length;
    if (batch.length >= BATCH_REQUESTS || characters >= BATCH_CHARACTERS) await flush();
  }
  await flush();
} finally {
  await browser.close();
  await server.close();
}
