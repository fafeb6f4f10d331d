// Measures the module as browsers get it. `node sizes.mjs` prints it; the test of the budget imports it.

import { readFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/**
 * What a module may weigh, in bytes after brotli (quality 11). The language of rules is 107,000 of them; migrations, with what
 * keeps comments and layout, are 95,000 of the module that compares.
 */
export const BUDGETS = { module: 770_000, comparing: 945_000 };

/** Raw, gzip and brotli size of each WebAssembly module and its glue, in bytes. */
export function sizes() {
  const files = { module: "setpoint_bg.wasm", glue: "setpoint.js", comparing: "comparing_bg.wasm", "its glue": "comparing.js" };
  return Object.entries(files).map(([name, file]) => {
    const bytes = readFileSync(new URL(`./dist/${file}`, import.meta.url));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    return { name, raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes, { params }).length };
  });
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const kB = (bytes) => `${(bytes / 1000).toFixed(1).padStart(8)} kB`;
  for (const { name, raw, gzip, brotli } of sizes()) {
    console.log(`${name.padEnd(9)} raw ${kB(raw)}   gzip ${kB(gzip)}   brotli ${kB(brotli)}`);
  }
  for (const [name, budget] of Object.entries(BUDGETS)) console.log(`budget for ${name}: ${kB(budget).trim()} brotli`);
}
