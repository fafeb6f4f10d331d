// The class `Policy` over the engine that wasm-bindgen generates. Works in every host; how the WebAssembly gets here is
// the business of browser.js and node.js.

import { __wbg_reset_state as restartModule, Engine, version as coreVersion } from "./dist/setpoint.js";

import { checkCallText, compareCallText, convertCallText, gateCallText, isSameCall, lineNumber, mergeCallText, textBytes } from "./call.js";
import { compareIn } from "./compare.js";
import { isTrap, SetpointError, trapped } from "./error.js";

export { bundleOf } from "./bundle.js";
export { edit } from "./compare.js";
export { SetpointError };

/** Counts the instances of the module: 0 before the first one is there. */
let instance = 0;

/** Called by the entry points when the module is there. */
export function ready() {
  if (instance === 0) instance = 1;
}

function assertReady() {
  if (instance === 0) {
    throw new SetpointError("state", "the module is not there yet; expected `await init()` before any other call; then this call works");
  }
}

/** What the core leaves out because it does not know who calls: what was expected, and whether a retry helps. */
const AFTERWORD = {
  bundle: "; expected the JSON text that `setpoint bundle` or `bundleOf` writes; the same text fails again",
  call: "; the same call fails again",
};

/** Runs one operation of the engine and gives its errors a kind. */
function guarded(what, kind, operation) {
  assertReady();
  try {
    return operation();
  } catch (error) {
    if (error instanceof SetpointError) throw error;
    if (!isTrap(error)) throw new SetpointError(kind, `${error.message}${AFTERWORD[kind]}`, error);
    // Every policy notices the new number and loads its bundle again before its next call.
    instance += 1;
    restartModule();
    throw trapped(`in ${what}`, "texts", error);
  }
}

/** See `Policy` in index.d.ts. */
export class Policy {
  #bundle;
  #engine;
  #instance;
  /** The last call in which a document passed, what its answer says whatever the document, and whether the engine has it. */
  #passed;

  constructor(bundle) {
    this.#bundle = textBytes(bundle, "the bundle");
    // The caller may change its array later, and a restart has to load the same bundle.
    if (this.#bundle === bundle) this.#bundle = this.#bundle.slice();
    this.#load();
  }

  #load() {
    this.#engine = guarded("the bundle", "bundle", () => new Engine(this.#bundle));
    this.#instance = instance;
    this.#passed = undefined;
  }

  /** The text of the bundle, unless the policy was freed. */
  #inUse() {
    if (this.#bundle === undefined) {
      throw new SetpointError("state", "the policy was freed; expected a policy that is in use; load the bundle again");
    }
    return this.#bundle;
  }

  #run(what, operation) {
    this.#inUse();
    if (this.#instance !== instance) this.#load();
    return guarded(what, "call", () => operation(this.#engine));
  }

  get digest() {
    return this.#run("the bundle", (engine) => engine.digest);
  }

  load() {
    return JSON.parse(this.#run("the bundle", (engine) => engine.load()));
  }

  loadText() {
    return this.#run("the bundle", (engine) => engine.load_text());
  }

  check(call, text) {
    if (this.#passed !== undefined && isSameCall(this.#passed.call, call)) {
      const passed = this.#passAgain(this.#passed, text);
      if (passed !== undefined) return passed;
    }
    const answer = JSON.parse(this.#check(call, text, (engine, callText, bytes) => engine.check(callText, bytes)));
    const { file, settings, verdict, findings } = answer;
    if (verdict === "pass" && findings.length === 0) this.#passed = { call: { ...call }, file, settings, isPrepared: false };
    return answer;
  }

  /**
   * The answer when the document passes in the same call as the one before; `undefined` says nothing. Most documents
   * pass, and most calls are like the one before: those skip the JSON of call and answer.
   */
  #passAgain(passed, text) {
    const { call, file, settings } = passed;
    const bytes = textBytes(text, `the text of \`${file}\``);
    const version = this.#run(`\`${file}\``, (engine) => {
      if (!passed.isPrepared) engine.prepare(checkCallText(call));
      passed.isPrepared = true;
      // A new instance has prepared nothing, and then says nothing.
      return engine.passes(bytes);
    });
    return version === undefined ? undefined : { file, settings, version, verdict: "pass", findings: [] };
  }

  checkText(call, text) {
    return this.#check(call, text, (engine, callText, bytes) => engine.check_text(callText, bytes));
  }

  #check(call, text, operation) {
    const callText = checkCallText(call);
    const bytes = textBytes(text, `the text of \`${call.file}\``);
    return this.#run(`\`${call.file}\``, (engine) => operation(engine, callText, bytes));
  }

  value(call, text) {
    return JSON.parse(this.#check(call, text, (engine, callText, bytes) => engine.value(callText, bytes)));
  }

  checkLines(call, firstLine, text) {
    const first = lineNumber(firstLine);
    return JSON.parse(this.#check(call, text, (engine, callText, bytes) => engine.check_lines(callText, first, bytes)));
  }

  checkLinesText(call, firstLine, text) {
    const first = lineNumber(firstLine);
    return this.#check(call, text, (engine, callText, bytes) => engine.check_lines_text(callText, first, bytes));
  }

  async gate(call) {
    const callText = gateCallText(call);
    return JSON.parse(await compareIn(this.#inUse(), (comparer) => comparer.gate(callText)));
  }

  async gateText(call) {
    const callText = gateCallText(call);
    return compareIn(this.#inUse(), (comparer) => comparer.gate_text(callText));
  }

  async convert(call, text) {
    const callText = convertCallText(call);
    const bytes = textBytes(text, `the text of \`${call.file}\``);
    return JSON.parse(await compareIn(this.#inUse(), (comparer) => comparer.convert(callText, bytes)));
  }

  async convertText(call, text) {
    const callText = convertCallText(call);
    const bytes = textBytes(text, `the text of \`${call.file}\``);
    return compareIn(this.#inUse(), (comparer) => comparer.convert_text(callText, bytes));
  }

  async merge(call) {
    const callText = mergeCallText(call);
    return JSON.parse(await compareIn(this.#inUse(), (comparer) => comparer.merge(callText)));
  }

  async mergeText(call) {
    const callText = mergeCallText(call);
    return compareIn(this.#inUse(), (comparer) => comparer.merge_text(callText));
  }

  async compare(call) {
    const callText = compareCallText(call);
    return JSON.parse(await compareIn(this.#inUse(), (comparer) => comparer.compare(callText)));
  }

  async compareText(call) {
    const callText = compareCallText(call);
    return compareIn(this.#inUse(), (comparer) => comparer.compare_text(callText));
  }

  free() {
    if (this.#instance === instance) this.#engine?.free();
    this.#bundle = undefined;
    this.#engine = undefined;
  }

  [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() {
    this.free();
  }
}

/** See `explain` in index.d.ts. */
export async function explain(code) {
  const { default: pages } = await import("./dist/pages.js");
  return Object.hasOwn(pages, code) ? pages[code] : undefined;
}

/** See `version` in index.d.ts. */
export function version() {
  return guarded("`version`", "call", () => coreVersion());
}
