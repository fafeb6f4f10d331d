// The core off the main thread: typing stays smooth, and a check that takes too long can be ended.

import { type CheckAnswer, type CheckCall, init, Policy } from "@setpoint/core";

/** What the page asks. A bundle stays until another one comes. */
export type Question =
  | { kind: "bundle"; text: string }
  | { kind: "check"; number: number; call: CheckCall; text: string };

/** What it hears. */
export type Said =
  | { kind: "loaded"; digest: string }
  | { kind: "checked"; number: number; answer: CheckAnswer }
  | { kind: "failed"; number: number; message: string };

let policy: Policy | undefined;
const ready = init();

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
      say({ kind: "loaded", digest: policy.digest });
    } else {
      if (policy === undefined) throw new Error("there is no bundle yet");
      say({ kind: "checked", number, answer: policy.check(question.call, question.text) });
    }
  } catch (error) {
    say({ kind: "failed", number, message: error instanceof Error ? error.message : String(error) });
  }
};
