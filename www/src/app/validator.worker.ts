// The core off the main thread: typing stays smooth, and a check that takes too long can be ended.

import { type CheckAnswer, type CheckCall, init, Policy } from "@setpoint/core";

import { familiesOf, mayHoldSecrets } from "./bundle";
import type { Mask } from "./mask";

/** What the page asks. A bundle stays until another one comes. */
export type Question =
  | { kind: "bundle"; text: string }
  | { kind: "check"; number: number; call: CheckCall; text: string };

/** What it hears. */
export type Said =
  | { kind: "loaded"; digest: string }
  | { kind: "checked"; number: number; answer: CheckAnswer; masks: Mask[] }
  | { kind: "failed"; number: number; message: string };

let policy: Policy | undefined;
/** The families in which something may be a secret. */
let secretive = new Set<string>();
/** The secrets of the document as it was loaded, as they are written. */
let known: { text: string; secrets: Set<string> } | undefined;
const ready = init();

function regions(policy: Policy, call: CheckCall, text: string): Mask[] {
  return policy.value(call, text).hidden.map(({ utf16_start = 0, utf16_end = 0 }) => ({ start: utf16_start, end: utf16_end }));
}

/** What of the text was a secret when it was loaded. What is typed anew is seen by whoever types it. */
function masks(policy: Policy, { before, ...call }: CheckCall, text: string): Mask[] {
  if (before === undefined || !secretive.has(call.settings ?? "")) return [];
  if (known?.text !== before.text) {
    const found = regions(policy, call, before.text).map(({ start, end }) => before.text.slice(start, end));
    known = { text: before.text, secrets: new Set(found) };
  }
  const { secrets } = known;
  const here = regions(policy, call, text);
  const isReadable = here.every(({ start, end }) => end - start < text.length);
  if (isReadable) return here.filter(({ start, end }) => secrets.has(text.slice(start, end)));
  // Nobody knows where anything stands: wherever a secret is written, it is not shown.
  return [...secrets].filter((secret) => secret.length > 2).flatMap((secret) => {
    const found: Mask[] = [];
    for (let start = text.indexOf(secret); start >= 0; start = text.indexOf(secret, start + secret.length)) found.push({ start, end: start + secret.length });
    return found;
  });
}

function say(said: Said): void {
  postMessage(said);
}

onmessage = async ({ data: question }: MessageEvent<Question>) => {
  const number = question.kind === "check" ? question.number : 0;
  try {
    await ready;
    if (question.kind === "bundle") {
      policy?.free();
      policy = undefined;
      policy = new Policy(question.text);
      known = undefined;
      secretive = new Set(Object.entries(familiesOf(question.text)).flatMap(([name, family]) => (mayHoldSecrets(family) ? [name] : [])));
      say({ kind: "loaded", digest: policy.digest });
    } else {
      if (policy === undefined) throw new Error("there is no bundle yet");
      say({ kind: "checked", number, answer: policy.check(question.call, question.text), masks: masks(policy, question.call, question.text) });
    }
  } catch (error) {
    say({ kind: "failed", number, message: error instanceof Error ? error.message : String(error) });
  }
};
