import assert from "node:assert/strict";
import test from "node:test";

import { BUDGETS, sizes } from "../sizes.mjs";

for (const [name, budget] of Object.entries(BUDGETS)) {
  test(`the WebAssembly of \`${name}\` stays within its budget after brotli`, (t) => {
    const { raw, gzip, brotli } = sizes().find((size) => size.name === name);
    t.diagnostic(`${raw} bytes, gzip ${gzip}, brotli ${brotli}`);
    assert.ok(brotli <= budget, `${brotli} bytes are more than ${budget}`);
  });
}
