import assert from "node:assert/strict";
import test from "node:test";

import { BUDGET, sizes } from "../sizes.mjs";

test("the module stays within its budget after brotli", (t) => {
  const [module, glue] = sizes();
  t.diagnostic(`module ${module.raw} bytes, gzip ${module.gzip}, brotli ${module.brotli}; glue ${glue.brotli} after brotli`);
  assert.ok(module.brotli <= BUDGET, `${module.brotli} bytes are more than ${BUDGET}`);
});
