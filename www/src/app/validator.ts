// Checks documents by a bundle: small ones at once, on the page, which is how their findings stand there with the key that made them;
// large ones in a Worker, which can be ended.

import type { CheckCall } from "@setpoint/core";

import { Asker } from "../asker";
import { policyOf } from "./core";
import { type Checked, Engine } from "./engine";
import type { Question, Said } from "./validator.worker";

type Check = Extract<Question, { kind: "check" }>;

/** Characters of a document, as it is and as it was loaded, up to which it is checked on the page. */
const SMALL = 64_000;
/** Milliseconds that this may take. */
const PATIENCE_MS = 12;
/** Checks one after the other that may take longer; after them the Worker does everything. The first ones compile. */
const MOST_SLOW = 8;

export class Validator {
  readonly #asker: Asker<Omit<Check, "number">, Said>;
  #bundle: string;
  #about: CheckCall | undefined;
  #asked: { call: CheckCall; text: string } | undefined;
  /** The core on the page, once it is there. */
  #engine: Engine | undefined;
  #slow = 0;

  constructor(
    bundle: string,
    readonly listener: { answer(checked: Checked): void; trouble(message: string): void },
  ) {
    this.#bundle = bundle;
    const start = (hear: (heard: Said) => void) => {
      const worker = new Worker(new URL("./validator.worker.ts", import.meta.url), { type: "module" });
      worker.onmessage = ({ data }: MessageEvent<Said>) => {
        // A bundle that cannot be used was no question.
        if (data.kind === "failed" && data.number === 0) listener.trouble(data.message);
        else hear(data);
      };
      for (const message of this.#known()) worker.postMessage(message);
      return worker;
    };
    this.#asker = new Asker(start, "the document", {
      heard: (heard) => {
        if (heard.kind === "checked") listener.answer(heard);
        else listener.trouble(heard.message);
        // The first answer comes from the Worker; nobody waits for the core on the page.
        void this.#load();
      },
      trouble: (message) => listener.trouble(message),
    });
  }

  /** What a new Worker has to know. */
  #known(): Question[] {
    const bundle: Question = { kind: "bundle", text: this.#bundle };
    return this.#about === undefined ? [bundle] : [bundle, { kind: "about", call: this.#about }];
  }

  async #load(): Promise<void> {
    const bundle = this.#bundle;
    if (this.#engine !== undefined) return;
    const policy = await policyOf(bundle).catch(() => undefined);
    // Without it the Worker does everything.
    if (policy !== undefined && bundle === this.#bundle) this.#engine = new Engine(policy, bundle);
  }

  /** Another bundle decides from now on. */
  use(bundle: string): void {
    if (bundle === this.#bundle) return;
    this.#bundle = bundle;
    this.#engine = undefined;
    const { call, text } = this.#asked ?? {};
    this.#asked = undefined;
    this.#asker.tell({ kind: "bundle", text: bundle });
    if (call !== undefined && text !== undefined) this.check(call, text);
  }

  /** Asks, unless this was asked last; questions that were not answered yet are forgotten. */
  check(call: CheckCall, text: string): void {
    if (call === this.#asked?.call && text === this.#asked.text) return;
    this.#asked = { call, text };
    const size = text.length + (call.before?.text.length ?? 0);
    if (size <= SMALL && this.#slow < MOST_SLOW && this.#here(call, text)) return;
    if (call !== this.#about) {
      this.#about = call;
      this.#asker.tell({ kind: "about", call });
    }
    this.#asker.ask({ kind: "check", text });
  }

  /** Checks on the page; false when it cannot. */
  #here(call: CheckCall, text: string): boolean {
    if (this.#engine === undefined) return false;
    const begun = performance.now();
    try {
      const checked = this.#engine.check(call, text);
      this.#slow = performance.now() - begun > PATIENCE_MS ? this.#slow + 1 : 0;
      this.#asker.forget();
      this.listener.answer(checked);
      return true;
    } catch {
      // The Worker says what is wrong.
      this.#engine = undefined;
      return false;
    }
  }

  /** Ends it. */
  end(): void {
    this.#asker.end();
  }
}
