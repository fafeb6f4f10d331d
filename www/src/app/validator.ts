// The page's side of the core: one question at a time, the newest one next, and an end to questions that hang.

import type { CheckAnswer, CheckCall } from "@setpoint/core";

import type { Question, Said } from "./validator.worker";

/** How long a check may take before the Worker is replaced. Generous: a slow phone on a large document. */
const PATIENCE_MS = 10_000;

type Check = Extract<Question, { kind: "check" }>;

export class Validator {
  #worker: Worker;
  #bundle: string;
  #number = 0;
  #asked: Check | undefined;
  #next: Check | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    bundle: string,
    readonly listener: { answer(answer: CheckAnswer): void; trouble(message: string): void },
  ) {
    this.#bundle = bundle;
    this.#worker = this.#start();
  }

  /** Another bundle decides from now on. */
  use(bundle: string): void {
    this.#bundle = bundle;
    this.#post({ kind: "bundle", text: bundle });
  }

  /** Asks; questions that were not answered yet are forgotten. */
  check(call: CheckCall, text: string): void {
    this.#number += 1;
    this.#next = { kind: "check", number: this.#number, call, text };
    this.#send();
  }

  /** Ends it. */
  end(): void {
    clearTimeout(this.#timer);
    this.#worker.terminate();
  }

  #start(): Worker {
    const worker = new Worker(new URL("./validator.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Said>) => this.#hear(data);
    worker.onerror = () => this.listener.trouble("the checker could not be started; reload the page to try again");
    worker.postMessage({ kind: "bundle", text: this.#bundle } satisfies Question);
    return worker;
  }

  #post(question: Question): void {
    this.#worker.postMessage(question);
  }

  #send(): void {
    if (this.#asked || !this.#next) return;
    this.#asked = this.#next;
    this.#next = undefined;
    this.#post(this.#asked);
    this.#timer = setTimeout(() => this.#giveUp(), PATIENCE_MS);
  }

  #hear(said: Said): void {
    if (said.kind === "loaded") return;
    if (said.kind === "failed" && said.number === 0) {
      this.listener.trouble(said.message);
      return;
    }
    clearTimeout(this.#timer);
    this.#asked = undefined;
    // An answer to an older text would point at the wrong places.
    if (said.number === this.#number) {
      if (said.kind === "checked") this.listener.answer(said.answer);
      else this.listener.trouble(said.message);
    }
    this.#send();
  }

  #giveUp(): void {
    this.#worker.terminate();
    this.#asked = undefined;
    this.#worker = this.#start();
    if (this.#next) this.#send();
    else this.listener.trouble(`no answer within ${PATIENCE_MS / 1000} s; edit the document to check again`);
  }
}
