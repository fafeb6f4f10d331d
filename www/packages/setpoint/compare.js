// Comparing schemas, gating migrations and converting documents: a WebAssembly module of its own, which is loaded when it is
// needed for the first time.

import { editCallText, textBytes } from "./call.js";
import { isTrap, SetpointError, trapped } from "./error.js";

/** How the host gets the module to the glue. */
let load;
/** The glue with its module, or the attempt to get them. */
let pending;

/** Called by the entry points. */
export function compareWith(loader) {
  load = loader;
}

/** See `initComparing` in index.d.ts. */
export async function initComparing(source) {
  await comparing(source);
}

function comparing(source) {
  pending ??= loaded(source).catch((error) => {
    // The next call tries again: the network may be back.
    pending = undefined;
    throw new SetpointError("state", `the module that compares could not be loaded: ${error.message}; expected it beside the package, or where \`initComparing\` was told; try again`, error);
  });
  return pending;
}

async function loaded(source) {
  const glue = await import("./dist/comparing.js");
  await load(glue, source);
  return glue;
}

/** Asks the module, and gives its errors a kind. */
async function asking(ask) {
  const glue = await comparing();
  try {
    return ask(glue);
  } catch (error) {
    if (isTrap(error)) {
      // Nothing is freed in a module whose memory is in an unknown state: the new one starts with none of it.
      glue.__wbg_reset_state();
      throw trapped("while comparing", "schemas", error);
    }
    throw new SetpointError("call", `${error.message}; the same call fails again`, error);
  }
}

/** Compares within a bundle: `ask` is given the comparer, and its answer is the answer. */
export function compareIn(bundle, ask) {
  return asking((glue) => {
    const comparer = new glue.Comparer(bundle);
    try {
      const answer = ask(comparer);
      comparer.free();
      return answer;
    } catch (error) {
      // After a trap it goes with its module.
      if (isTrap(error)) throw error;
      comparer.free();
      throw error;
    }
  });
}

/** See `edit` in index.d.ts. */
export async function edit(call, text) {
  const callText = editCallText(call);
  const bytes = textBytes(text, `the text of \`${call.file}\``);
  return JSON.parse(await asking((glue) => glue.edit(callText, bytes)));
}
