// The settings editor in a real browser, in front of a real gate. The test of the server starts both:
// `cargo test -p setpoint-cli --test serve editor`.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";

import axe from "axe-core";

import { launch } from "../../browser.mjs";

const { SETPOINT_ADDRESS: address, SETPOINT_TOKEN: token, SETPOINT_SHOTS: shots } = process.env;

let browser;
let page;
let complaints;

before(async () => (browser = await launch()));
after(() => browser?.close());

beforeEach(async () => {
  const context = await browser.newContext({ viewport: { width: 1200, height: 860 } });
  page = await context.newPage();
  complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    // A refused request is a line of the console, and part of some tests.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) complaints.push(message.text());
  });
});

afterEach(async () => {
  await page.context().close();
  assert.deepEqual(complaints, []);
});

/** What the gate says to a program. */
async function ask(method, path, { body, headers } = {}) {
  const response = await fetch(`${address}${path}`, { method, body, headers: { authorization: `Bearer ${token}`, ...headers } });
  return { status: response.status, etag: response.headers.get("etag"), text: await response.text() };
}

const at = (name) => `/v1/settings/app/documents/${encodeURIComponent(`config/${name}`)}`;

/** Makes a document as it is to be when a test begins. */
async function put(name, text) {
  const path = at(name);
  const { etag } = await ask("GET", path);
  const condition = etag === null ? { "if-none-match": "*" } : { "if-match": etag };
  const { status } = await ask("PUT", path, { body: text, headers: { "content-type": "application/yaml", ...condition } });
  assert.ok(status < 300, `${status}`);
}

async function signIn() {
  await page.goto(address);
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Setpoint" }).waitFor();
}

async function open(name) {
  await page.getByRole("button", { name: `config/${name}` }).click();
  await page.getByRole("heading", { name: `config/${name}` }).waitFor();
}

const text = () => page.locator(".cm-content");

/** Types over everything. */
async function type(words) {
  await text().click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(words);
}

async function isAccessible() {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`), []);
}

async function shot(name) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await isAccessible();
    if (shots) await page.screenshot({ path: `${shots}/${name}-${colorScheme}.png` });
  }
}

test("nobody gets in with a token that nobody knows", async () => {
  await page.goto(address);
  await shot("door");
  await page.getByLabel("Token").fill("nonsense");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("the token is unknown").waitFor();
});

test("a fault is shown where it is, its fix is one click, and what is saved goes through the gate", async () => {
  await put("fix.yaml", "# kept\ntimeout_s: 5\ncount: 1\n");
  await signIn();
  await open("fix.yaml");
  await page.getByText("Nothing is wrong").waitFor();
  await type('# kept\ntimeout_s: "5"   # five\ncount: 2\n');
  const finding = page.locator(".finding");
  await finding.waitFor();
  assert.equal(await finding.getAttribute("data-code"), "type-mismatch");
  assert.match(await finding.textContent(), /an integer from 1 to 600.*edit the file/s);
  assert.equal(await page.locator(".cm-lintRange-error").textContent(), '"5"');
  assert.equal(await page.getByRole("button", { name: "Save" }).isDisabled(), true);
  await shot("finding");
  await page.getByRole("button", { name: "go to line 2, column 12" }).click();
  assert.equal(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.className.includes("cm-content")), true);
  await page.getByRole("button", { name: "Apply fix" }).click();
  await page.getByText("Nothing is wrong").waitFor();
  // One step of the keyboard takes it back, and one makes it again.
  await text().click();
  await page.keyboard.press("ControlOrMeta+z");
  await finding.waitFor();
  await page.keyboard.press("ControlOrMeta+y");
  await page.getByText("Nothing is wrong").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  assert.equal((await ask("GET", at("fix.yaml"))).text, "# kept\ntimeout_s: 5   # five\ncount: 2\n");
});

test("the page of a finding is explained", async () => {
  await put("explain.yaml", "timeout_s: 5\ncount: 1\n");
  await signIn();
  await open("explain.yaml");
  await type("timeout_s: 5\n");
  await page.getByRole("button", { name: "missing-key" }).click();
  await page.getByRole("dialog").getByText("Why it matters").waitFor();
  await page.keyboard.press("Escape");
});

test("two who save do not undo each other", async () => {
  await put("two.yaml", "timeout_s: 5\ncount: 1\n");
  await signIn();
  await open("two.yaml");
  await type("timeout_s: 5\ncount: 2\n");
  await put("two.yaml", "timeout_s: 6\ncount: 1\n");
  await page.getByText("Nothing is wrong").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Somebody else has saved this document meanwhile").waitFor();
  await shot("conflict");
  await page.getByRole("button", { name: "Put both together" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  assert.equal((await ask("GET", at("two.yaml"))).text, "timeout_s: 6\ncount: 2\n");
});

test("what was typed is there again after the page was closed", async () => {
  await put("draft.yaml", "timeout_s: 5\ncount: 1\n");
  await signIn();
  await open("draft.yaml");
  await type("timeout_s: 5\ncount: 9\n");
  page.once("dialog", (dialog) => dialog.accept());
  await page.reload();
  await open("draft.yaml");
  await page.getByText("What you had typed is here again").waitFor();
  assert.match(await text().textContent(), /count: 9/);
  await page.getByRole("button", { name: "Discard" }).click();
  assert.match(await text().textContent(), /count: 1/);
});

test("a document is seen as each version has it", async () => {
  await put("version.yaml", "timeout_s: 5   # patience\ncount: 1\n");
  await signIn();
  await open("version.yaml");
  await page.getByRole("combobox", { name: /^Version/ }).selectOption("2");
  await page.locator(".cm-content", { hasText: "timeout_ms: 5000" }).waitFor();
  await type("timeout_ms: 7000   # patience\ncount: 1\n");
  await page.getByText("Nothing is wrong").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  assert.equal((await ask("GET", at("version.yaml"))).text, "timeout_s: 7   # patience\ncount: 1\n");
});

test("keys are searched while one types", async () => {
  for (const name of ["needle.yaml", "hay.yaml"]) await put(name, "timeout_s: 5\ncount: 1\n");
  await signIn();
  await page.getByRole("button", { name: "config/hay.yaml" }).waitFor();
  await page.getByLabel("Search").fill("NEEDLE");
  await page.getByRole("button", { name: "config/hay.yaml" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "config/needle.yaml" }).waitFor();
  await page.getByLabel("Search").fill("nothing like it");
  await page.getByText("No key contains that.").waitFor();
});

test("a policy that changes while a document is open checks what was typed, and loses nothing", async () => {
  await put("policy.yaml", "timeout_s: 5\ncount: 1\n");
  await signIn();
  await open("policy.yaml");
  await type("timeout_s: 500\ncount: 1\n");
  await page.getByText("Nothing is wrong").waitFor();
  const schema = join(process.env.SETPOINT_PROJECT, "schemas/app/v1.json");
  const before = readFileSync(schema, "utf8");
  try {
    writeFileSync(schema, before.replace('"maximum": 600', '"maximum": 400'));
    const digest = JSON.parse((await ask("GET", "/v1/bundle")).text).bundle;
    while (JSON.parse((await ask("GET", "/v1/bundle")).text).bundle === digest) await page.waitForTimeout(100);
    await page.evaluate(() => dispatchEvent(new Event("focus")));
    await page.getByText("The policy has changed").waitFor();
    await page.locator('.finding[data-code="out-of-range"]').waitFor();
    assert.match(await text().textContent(), /timeout_s: 500/);
  } finally {
    writeFileSync(schema, before);
  }
});

test("a narrow screen shows everything below each other, without scrolling sideways", async () => {
  await put("narrow.yaml", "timeout_s: 5\ncount: 1\n");
  await page.setViewportSize({ width: 380, height: 800 });
  await signIn();
  await open("narrow.yaml");
  await page.getByText("Nothing is wrong").waitFor();
  await shot("narrow");
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  // Nothing that one needs is cut off.
  for (const name of ["Save", "Discard", "Sign out"]) {
    const { x, width } = await page.getByRole("button", { name }).boundingBox();
    assert.ok(x >= 0 && x + width <= 380, `${name}: ${x} + ${width}`);
  }
});
