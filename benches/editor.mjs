// How long the editor takes from a key to the findings, in headless Chromium in front of `setpoint serve`:
// `node editor.mjs BROWSER_MODULE ADDRESS TOKEN KEYS KEY…` prints milliseconds for each document, and what was loaded, as JSON.

const [browserModule, address, token, keys, ...documents] = process.argv.slice(2);
const { launch } = await import(browserModule);

const browser = await launch();
const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
const sizes = [];
page.on("requestfinished", (request) => sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize)));
const loaded = async () => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);

await page.goto(address);
await page.getByLabel("Token").fill(token);
const door = await loaded();
await page.getByRole("button", { name: "Sign in" }).click();
const times = {};
let first;
for (const name of documents) {
  await page.getByRole("button", { name: `config/${name}` }).click();
  await page.getByRole("heading", { name: `config/${name}` }).waitFor();
  await page.getByText("Nothing is wrong").waitFor();
  first ??= await loaded();
  await page.locator(".cm-content").click();
  await page.keyboard.press("ControlOrMeta+Home");
  // Behind the number of the member `port` of the first service.
  await page.evaluate(() => {
    const content = document.querySelector(".text").shadowRoot.querySelector(".cm-content");
    const verdict = document.querySelector(".desk .verdict");
    globalThis.times = [];
    let begun;
    content.addEventListener("keydown", () => (begun = performance.now()), true);
    new MutationObserver(() => {
      if (begun === undefined) return;
      globalThis.times.push(performance.now() - begun);
      begun = undefined;
    }).observe(verdict, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  const line = await page.evaluate(() => [...document.querySelector(".text").shadowRoot.querySelectorAll(".cm-line")].findIndex(({ textContent }) => textContent.includes('"port"')));
  for (let down = 0; down < line; down += 1) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await page.evaluate(() => (globalThis.times.length = 0));
  for (let pressed = 0; pressed < Number(keys); pressed += 1) {
    await page.keyboard.press(pressed % 2 === 0 ? "9" : "Backspace");
    await page.waitForFunction((count) => globalThis.times.length > count, pressed);
  }
  // The first ones compile.
  times[name] = (await page.evaluate(() => globalThis.times)).slice(10);
}
await browser.close();
console.log(JSON.stringify({ times, door, first }));
