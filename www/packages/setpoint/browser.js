// The entry for browsers and Workers: fetches the WebAssembly that lies beside this file.

import instantiate, { initSync as instantiateSync } from "./dist/setpoint.js";

import { compareWith } from "./compare.js";
import { ready, SetpointError } from "./policy.js";

export { initComparing } from "./compare.js";
export { bundleOf, edit, explain, Policy, SetpointError, version } from "./policy.js";

let pending;

/** See `init` in index.d.ts. */
export function init(source = new URL("./dist/setpoint_bg.wasm", import.meta.url)) {
  pending ??= instantiate({ module_or_path: source }).then(ready, (error) => {
    // The next call tries again: the network may be back.
    pending = undefined;
    throw new SetpointError("state", `the WebAssembly module could not be loaded: ${error.message}; expected it at ${source}; try again`, error);
  });
  return pending;
}

compareWith(async (glue, source = new URL("./dist/comparing_bg.wasm", import.meta.url)) => {
  await glue.default({ module_or_path: source });
});

/** See `initSync` in index.d.ts. */
export function initSync(source) {
  instantiateSync({ module: source });
  pending ??= Promise.resolve();
  ready();
}
