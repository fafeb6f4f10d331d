// What the page and its Worker say to each other.

import type { CheckAnswer, Format, LoadAnswer } from "@setpoint/core";

/** One thing to check. Numbers grow; an answer carries the number of its question. */
export interface Question {
  number: number;
  schema: { file: string; text: string };
  document: { file: string; format: Format; text: string };
}

/** Everything that there is to show about a question. */
export interface Answer {
  load: LoadAnswer;
  /** Absent when there is no document to check yet. */
  check: CheckAnswer | undefined;
}

/** From the Worker: it is ready, it has an answer, or it failed. */
export type Message =
  | { kind: "ready"; core: string }
  | { kind: "answer"; number: number; answer: Answer }
  | { kind: "error"; number: number; message: string };
