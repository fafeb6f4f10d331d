// The page's side of the Worker: one question at a time, the newest one next, and an end to questions that hang.

import type { Answer, Message, Question } from "./protocol";

/** How long a check may take before the Worker is replaced. Generous: a slow phone on a large document. */
const PATIENCE_MS = 10_000;

export interface Listener {
  ready(core: string): void;
  answer(answer: Answer): void;
  error(message: string): void;
}

export class Checker {
  #worker: Worker;
  #number = 0;
  #asked: Question | undefined;
  #next: Question | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly listener: Listener) {
    this.#worker = this.#start();
  }

  /** Asks; questions that were not answered yet are forgotten. */
  ask(question: Omit<Question, "number">): void {
    this.#number += 1;
    this.#next = { ...question, number: this.#number };
    this.#send();
  }

  /** Asks nothing more, and drops the answer that is on its way: there is nothing to check now. */
  forget(): void {
    this.#number += 1;
    this.#next = undefined;
  }

  #start(): Worker {
    const worker = new Worker(new URL("./checker.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Message>) => this.#hear(data);
    worker.onerror = () => this.listener.error("the checker could not be started; reload the page to try again");
    return worker;
  }

  #send(): void {
    if (this.#asked || !this.#next) return;
    this.#asked = this.#next;
    this.#next = undefined;
    this.#worker.postMessage(this.#asked);
    this.#timer = setTimeout(() => this.#giveUp(), PATIENCE_MS);
  }

  #hear(message: Message): void {
    if (message.kind === "ready") {
      this.listener.ready(message.core);
      return;
    }
    clearTimeout(this.#timer);
    this.#asked = undefined;
    // An answer to an older text would point at the wrong places.
    if (message.number === this.#number) {
      if (message.kind === "answer") this.listener.answer(message.answer);
      else this.listener.error(message.message);
    }
    this.#send();
  }

  #giveUp(): void {
    this.#worker.terminate();
    this.#asked = undefined;
    this.#worker = this.#start();
    if (this.#next) this.#send();
    else
      this.listener.error(
        `no answer within ${PATIENCE_MS / 1000} s, so the check was ended; edit the schema or the document to check again`,
      );
  }
}
