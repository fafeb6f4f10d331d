// Asking a Worker: one question at a time, the newest one next, and an end to questions that hang.

/** How long an answer may take before the Worker is replaced. Generous: a slow phone on a large document. */
const PATIENCE_MS = 10_000;

/** What a Worker says about a question. */
export interface Heard {
  number: number;
}

/** Asks a Worker. `Q` is a question without its number, `H` what is heard about one. */
export class Asker<Q extends object, H extends Heard> {
  #worker: Worker;
  #number = 0;
  #asked: (Q & Heard) | undefined;
  #next: (Q & Heard) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    /** Makes a Worker that is ready for questions; `hear` takes what it says about one. */
    readonly start: (hear: (heard: H) => void) => Worker,
    /** What to change to ask again. */
    readonly again: string,
    readonly listener: {
      /** About the newest question. */
      heard(heard: H): void;
      /** The Worker does not start, or does not answer. */
      trouble(message: string): void;
    },
  ) {
    this.#worker = this.#started();
  }

  /** Asks; questions that were not answered yet are forgotten. */
  ask(question: Q): void {
    this.#number += 1;
    this.#next = { ...question, number: this.#number };
    this.#send();
  }

  /** Asks nothing more, and drops the answer that is on its way: there is nothing to ask now. */
  forget(): void {
    this.#number += 1;
    this.#next = undefined;
  }

  /** Tells the Worker something that is no question. */
  tell(message: unknown): void {
    this.#worker.postMessage(message);
  }

  /** Ends it. */
  end(): void {
    clearTimeout(this.#timer);
    this.#worker.terminate();
  }

  #started(): Worker {
    const worker = this.start((heard) => this.#hear(heard));
    worker.onerror = () => this.listener.trouble("the checker could not be started; reload the page to try again");
    return worker;
  }

  #send(): void {
    if (this.#asked || !this.#next) return;
    this.#asked = this.#next;
    this.#next = undefined;
    this.#worker.postMessage(this.#asked);
    this.#timer = setTimeout(() => this.#giveUp(), PATIENCE_MS);
  }

  #hear(heard: H): void {
    clearTimeout(this.#timer);
    this.#asked = undefined;
    // An answer to an older text would point at the wrong places.
    if (heard.number === this.#number) this.listener.heard(heard);
    this.#send();
  }

  #giveUp(): void {
    this.#worker.terminate();
    this.#asked = undefined;
    this.#worker = this.#started();
    if (this.#next) this.#send();
    else this.listener.trouble(`no answer within ${PATIENCE_MS / 1000} s, so the check was ended; edit ${this.again} to check again`);
  }
}
