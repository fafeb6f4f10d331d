// The checker off the main thread: typing stays smooth, and a check that takes too long can be ended.

import { bundleOf, init, Policy, version } from "@setpoint/core";

import type { Answer, Message, Question } from "./protocol";

/** The policy of the schema that was used last: most questions change only the document. */
let loaded: { bundle: string; policy: Policy } | undefined;

function policyOf(bundle: string): Policy {
  if (loaded?.bundle === bundle) return loaded.policy;
  loaded?.policy.free();
  loaded = undefined;
  loaded = { bundle, policy: new Policy(bundle) };
  return loaded.policy;
}

function answerTo({ schema, document }: Question): Answer {
  const policy = policyOf(bundleOf({ schema: schema.text, file: schema.file }));
  const load = policy.load();
  const call = { file: document.file, format: document.format };
  const check = document.text.trim() === "" ? undefined : policy.check(call, document.text);
  return { load, check };
}

function say(message: Message): void {
  postMessage(message);
}

const ready = init();
ready.then(
  () => say({ kind: "ready", core: version() }),
  (error: Error) => say({ kind: "error", number: 0, message: error.message }),
);

onmessage = async ({ data: question }: MessageEvent<Question>) => {
  try {
    await ready;
    say({ kind: "answer", number: question.number, answer: answerTo(question) });
  } catch (error) {
    say({ kind: "error", number: question.number, message: error instanceof Error ? error.message : String(error) });
  }
};
