// The web module in Node, for the conformance suite: a request per line on standard input, an answer per line on
// standard output, in the same order. The protocol is in answers.js.

import { createInterface } from "node:readline";

import { explain, init, Policy } from "../node.js";
import { answersBy } from "./answers.js";

await init();
const answer = answersBy({ Policy, explain });
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  if (line.trim() === "") continue;
  if (!process.stdout.write(`${await answer(JSON.parse(line))}\n`)) {
    await new Promise((resolve) => process.stdout.once("drain", resolve));
  }
}
