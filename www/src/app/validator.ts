// The page's side of the Worker that checks documents by a bundle.

import type { CheckAnswer, CheckCall } from "@setpoint/core";

import { Asker } from "../asker";
import type { Mask } from "./mask";
import type { Question, Said } from "./validator.worker";

type Check = Extract<Question, { kind: "check" }>;
type Heard = Exclude<Said, { kind: "loaded" }>;

export class Validator {
  readonly #asker: Asker<Omit<Check, "number">, Heard>;
  #bundle: string;

  constructor(bundle: string, listener: { answer(answer: CheckAnswer, masks: Mask[]): void; trouble(message: string): void }) {
    this.#bundle = bundle;
    const start = (hear: (heard: Heard) => void) => {
      const worker = new Worker(new URL("./validator.worker.ts", import.meta.url), { type: "module" });
      worker.onmessage = ({ data }: MessageEvent<Said>) => {
        if (data.kind === "loaded") return;
        // A bundle that cannot be used was no question.
        if (data.kind === "failed" && data.number === 0) listener.trouble(data.message);
        else hear(data);
      };
      worker.postMessage(this.#message());
      return worker;
    };
    this.#asker = new Asker(start, "the document", {
      heard: (heard) => (heard.kind === "checked" ? listener.answer(heard.answer, heard.masks) : listener.trouble(heard.message)),
      trouble: (message) => listener.trouble(message),
    });
  }

  #message(): Question {
    return { kind: "bundle", text: this.#bundle };
  }

  /** Another bundle decides from now on. */
  use(bundle: string): void {
    if (bundle === this.#bundle) return;
    this.#bundle = bundle;
    this.#asker.tell(this.#message());
  }

  /** Asks; questions that were not answered yet are forgotten. */
  check(call: CheckCall, text: string): void {
    this.#asker.ask({ kind: "check", call, text });
  }

  /** Ends it. */
  end(): void {
    this.#asker.end();
  }
}
