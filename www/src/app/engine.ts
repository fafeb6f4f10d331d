// Checking one document by a bundle, wherever it runs: what is wrong, and which of it is not shown.

import type { CheckAnswer, CheckCall, Policy } from "@setpoint/core";

import { familiesOf, mayHoldSecrets } from "./bundle";
import type { Mask } from "./mask";

/** What is said of a text. */
export interface Checked {
  text: string;
  answer: CheckAnswer;
  masks: Mask[];
}

export class Engine {
  /** The families in which something may be a secret. */
  readonly #secretive: Set<string>;
  /** The secrets of the document as it was loaded, as they are written. */
  #known: { text: string; secrets: Set<string> } | undefined;

  constructor(
    readonly policy: Policy,
    bundle: string,
  ) {
    const families = Object.entries(familiesOf(bundle));
    this.#secretive = new Set(families.flatMap(([name, family]) => (mayHoldSecrets(family) ? [name] : [])));
  }

  /** A call that is the same object as before is the same call. */
  check(call: CheckCall, text: string): Checked {
    return { text, answer: this.policy.check(call, text), masks: this.#masks(call, text) };
  }

  /** What of the text was a secret when it was loaded. What is typed anew is seen by whoever types it. */
  #masks({ before, ...call }: CheckCall, text: string): Mask[] {
    if (before === undefined || !this.#secretive.has(call.settings ?? "")) return [];
    if (this.#known?.text !== before.text) {
      const found = this.#regions(call, before.text).map(({ start, end }) => before.text.slice(start, end));
      this.#known = { text: before.text, secrets: new Set(found) };
    }
    const { secrets } = this.#known;
    const here = this.#regions(call, text);
    // Wherever a secret is written, also where it is none any more: under a key that is being typed, or in a text that cannot be read.
    const placed = here.filter(({ start, end }) => secrets.has(text.slice(start, end)));
    const anywhere = [...secrets].filter((secret) => secret.length > 2).flatMap((secret) => {
      const found: Mask[] = [];
      for (let start = text.indexOf(secret); start >= 0; start = text.indexOf(secret, start + secret.length)) {
        found.push({ start, end: start + secret.length });
      }
      return found;
    });
    const isNew = (mask: Mask) => !anywhere.some(({ start, end }) => start <= mask.start && mask.end <= end);
    return [...anywhere, ...placed.filter(isNew)].sort((one, other) => one.start - other.start);
  }

  #regions(call: CheckCall, text: string): Mask[] {
    return this.policy.value(call, text).hidden.map(({ utf16_start = 0, utf16_end = 0 }) => ({ start: utf16_start, end: utf16_end }));
  }
}
