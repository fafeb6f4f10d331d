import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";

import { findChromium, launch, serve } from "../browser.mjs";

const skip = findChromium() === undefined && process.env.CI !== "true" ? "no Chromium on PATH" : false;
/** Set to a folder to look at the page as the tests saw it. */
const pictures = process.env.SETPOINT_PICTURES;

let server;
let browser;

before(async () => {
  if (skip) return;
  server = await serve(fileURLToPath(new URL("../dist/", import.meta.url)));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.close();
});

/** Runs a test on a fresh page; anything that the page complains about fails it. */
function pageTest(name, options, run) {
  test(name, { skip, timeout: 60_000 }, async (t) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    try {
      await page.goto(server.address);
      await verdict(page, /^fail/);
      await run(page, t);
      if (pictures) {
        mkdirSync(pictures, { recursive: true });
        await page.screenshot({ path: `${pictures}/${name.replace(/\W+/g, "-")}.png`, fullPage: true });
      }
      assert.deepEqual(complaints, []);
    } finally {
      await context.close();
    }
  });
}

/** Waits for a verdict on the text as it is now: while the page is busy, it still shows the one on the text before. */
async function verdict(page, pattern) {
  const status = page.locator('[role="status"][aria-busy="false"]');
  await status.filter({ hasText: pattern }).waitFor();
}

const schema = (page) => page.getByRole("textbox", { name: "Schema" });
const settings = (page) => page.getByRole("textbox", { name: "Document" });
const findings = (page) => page.locator("li.finding");

pageTest("the example shows one finding for each of its mistakes", {}, async (page) => {
  assert.equal(await findings(page).count(), 3);
  assert.match(await findings(page).first().innerText(), /3:9/);
  assert.match(await page.locator("#digest").innerText(), /^sha256:[0-9a-f]+$/);
});

pageTest("a document is judged while it is typed: broken, then right", {}, async (page) => {
  await settings(page).fill("");
  await settings(page).pressSequentially("http:\n  port: 80x\n");
  await verdict(page, /^fail · 1 error$/);
  const finding = findings(page).first();
  assert.equal(await finding.getAttribute("data-code"), "type-mismatch");
  const shown = await finding.innerText();
  for (const part of [/type-mismatch/, /2:9/, /an integer from 1 to 65535/, /retry/]) assert.match(shown, part);
  await settings(page).press("ArrowUp");
  await settings(page).press("End");
  await settings(page).press("Backspace");
  await verdict(page, /^pass$/);
  assert.equal(await findings(page).count(), 0);
  assert.match(await page.locator("#findings").innerText(), /Nothing is wrong/);
});

pageTest("a click on the place selects what is wrong, behind an emoji too", {}, async (page) => {
  await page.getByLabel("Format of the document").selectOption("json");
  const text = '{\n  "note": "😀😀", "http": {"port": "80"}\n}';
  await settings(page).fill(text);
  await verdict(page, /^fail · 1 error$/);
  await page.getByRole("button", { name: /Go to line 2/ }).click();
  const selected = await settings(page).evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd));
  assert.equal(selected, '"80"');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Document");
});

pageTest("everything can be done with the keyboard", {}, async (page) => {
  const first = findings(page).first();
  await first.getByRole("button", { name: "type-mismatch" }).focus();
  await page.keyboard.press("Enter");
  assert.match(await page.getByRole("dialog").innerText(), /type-mismatch/);
  await page.keyboard.press("Escape");
  await first.getByRole("button", { name: /Go to line 3/ }).focus();
  await page.keyboard.press("Enter");
  const selected = await settings(page).evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd));
  assert.equal(selected, '"80"');
});

pageTest("a fix that is applied clears its finding", {}, async (page) => {
  await findings(page).first().getByRole("button", { name: "Apply fix" }).click();
  await verdict(page, /^fail · 2 errors$/);
  assert.match(await settings(page).inputValue(), /port: 80\n/);
});

pageTest("a schema that is wrong is shown in the schema", {}, async (page) => {
  await schema(page).fill('{"type": "strin"}');
  await page.getByText("In the schema").waitFor();
  await findings(page).first().getByRole("button", { name: /Go to line 1/ }).click();
  const selected = await schema(page).evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd));
  assert.equal(selected, '"strin"');
});

pageTest("an empty schema and an empty document say what to do", {}, async (page) => {
  await settings(page).fill("");
  await verdict(page, /^No document$/);
  assert.match(await page.locator("#findings").innerText(), /document on the right/);
  await schema(page).fill("");
  await verdict(page, /^No schema$/);
  assert.match(await page.locator("#findings").innerText(), /JSON Schema on the left/);
});

pageTest("TOML and JSON are read as what they are", {}, async (page) => {
  await page.getByLabel("Format of the document").selectOption("toml");
  await settings(page).fill("[http]\nport = 70000\n");
  await verdict(page, /^fail · 1 error$/);
  assert.match(await findings(page).first().innerText(), /2:8/);
  await settings(page).fill("[http]\nport = 7000\n");
  await verdict(page, /^pass$/);
});

pageTest("markup in a document stays text", {}, async (page) => {
  await settings(page).fill('http:\n  port: "<img src=x onerror=alert(1)>"\n');
  await verdict(page, /^fail · 1 error$/);
  assert.equal(await page.locator("#findings img").count(), 0);
  assert.match(await findings(page).first().innerText(), /<img src=x/);
});

pageTest("the page is readable in the dark", { colorScheme: "dark" }, async (page) => {
  const [ground, text] = await page.evaluate(() => {
    const style = getComputedStyle(document.body);
    return [style.backgroundColor, style.color].map((color) => color.match(/\d+/g).slice(0, 3).map(Number));
  });
  assert.ok(Math.max(...ground) < 60 && Math.min(...text) > 200, `${text} on ${ground}`);
});

pageTest("the page fits on a phone", { viewport: { width: 390, height: 844 } }, async (page) => {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(overflow, 0);
});

test("a module that cannot be fetched is said, not hidden", { skip, timeout: 60_000 }, async () => {
  const page = await browser.newPage();
  await page.route("**/*.wasm", (route) => route.abort());
  await page.goto(server.address);
  await verdict(page, /^No verdict$/);
  assert.match(await page.locator("#findings").innerText(), /could not be loaded/);
  await page.close();
});
