// The page's side of the Worker that checks a document against a schema.

import { Asker } from "./asker";
import type { Answer, Message, Question } from "./protocol";

export interface Listener {
  ready(core: string): void;
  answer(answer: Answer): void;
  error(message: string): void;
}

type Heard = Exclude<Message, { kind: "ready" }>;

export class Checker {
  readonly #asker: Asker<Omit<Question, "number">, Heard>;

  constructor(listener: Listener) {
    const start = (hear: (heard: Heard) => void) => {
      const worker = new Worker(new URL("./checker.worker.ts", import.meta.url), { type: "module" });
      worker.onmessage = ({ data }: MessageEvent<Message>) => (data.kind === "ready" ? listener.ready(data.core) : hear(data));
      return worker;
    };
    this.#asker = new Asker(start, "the schema or the document", {
      heard: (heard) => (heard.kind === "answer" ? listener.answer(heard.answer) : listener.error(heard.message)),
      trouble: (message) => listener.error(message),
    });
  }

  /** Asks; questions that were not answered yet are forgotten. */
  ask(question: Omit<Question, "number">): void {
    this.#asker.ask(question);
  }

  /** Asks nothing more, and drops the answer that is on its way: there is nothing to check now. */
  forget(): void {
    this.#asker.forget();
  }
}
