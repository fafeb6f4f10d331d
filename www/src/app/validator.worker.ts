// The core off the main thread: typing in a large document stays smooth, and a check that takes too long can be ended.

import { type CheckCall, init, Policy } from "@setpoint/core";

import { type Checked, Engine } from "./engine";

/** What the page says. A bundle stays until another one comes, and so does what is asked about. */
export type Question =
  | { kind: "bundle"; text: string }
  | { kind: "about"; call: CheckCall }
  | { kind: "check"; number: number; text: string };

/** What it hears. */
export type Said = ({ kind: "checked"; number: number } & Checked) | { kind: "failed"; number: number; message: string };

let engine: Engine | undefined;
let call: CheckCall | undefined;
const ready = init();

function say(said: Said): void {
  postMessage(said);
}

onmessage = async ({ data: question }: MessageEvent<Question>) => {
  const number = question.kind === "check" ? question.number : 0;
  try {
    await ready;
    if (question.kind === "bundle") {
      engine?.policy.free();
      engine = undefined;
      engine = new Engine(new Policy(question.text), question.text);
    } else if (question.kind === "about") {
      call = question.call;
    } else {
      if (engine === undefined || call === undefined) throw new Error("there is no bundle yet");
      say({ kind: "checked", number, ...engine.check(call, question.text) });
    }
  } catch (error) {
    say({ kind: "failed", number, message: error instanceof Error ? error.message : String(error) });
  }
};
