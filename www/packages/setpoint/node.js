// The entry for Node: reads the WebAssembly from the disk.

import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { initSync as instantiateSync } from "./dist/setpoint.js";

import { compareWith } from "./compare.js";
import { ready, SetpointError } from "./policy.js";

export { initComparing } from "./compare.js";
export { bundleOf, edit, explain, Policy, SetpointError, version } from "./policy.js";

compareWith(async (glue, source = new URL("./dist/comparing_bg.wasm", import.meta.url)) => {
  glue.initSync({ module: await compiled(source) });
});

const FILE = fileURLToPath(new URL("./dist/setpoint_bg.wasm", import.meta.url));

let pending;

function unreadable(error) {
  return new SetpointError("state", `the WebAssembly module could not be loaded: ${error.message}; expected it at \`${FILE}\`; build the package, then try again`, error);
}

/** See `init` in index.d.ts. */
export function init(source) {
  pending ??= compiled(source).then(
    (module) => {
      instantiateSync({ module });
      ready();
    },
    (error) => {
      pending = undefined;
      throw unreadable(error);
    },
  );
  return pending;
}

async function compiled(source) {
  const given = await source;
  if (given instanceof WebAssembly.Module) return given;
  if (given instanceof Response) return WebAssembly.compile(await given.arrayBuffer());
  if (ArrayBuffer.isView(given) || given instanceof ArrayBuffer) return WebAssembly.compile(given);
  return WebAssembly.compile(await readFile(given instanceof URL ? fileURLToPath(given) : (given ?? FILE)));
}

/** See `initSync` in index.d.ts. */
export function initSync(source) {
  let module;
  try {
    module = source ?? readFileSync(FILE);
  } catch (error) {
    throw unreadable(error);
  }
  instantiateSync({ module });
  pending ??= Promise.resolve();
  ready();
}
