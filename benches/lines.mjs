// Every line a document, checked with ajv: `node lines.mjs PEERS SCHEMA FILE`. Reads in large pieces, which is several
// times faster than the line reader of Node.

import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { createRequire } from "node:module";

const [peers, schemaFile, file] = process.argv.slice(2);
const require = createRequire(`${peers}/`);
const Ajv = require("ajv").default;

const validate = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(schemaFile, "utf8")));
const buffer = Buffer.alloc(1 << 20);
const input = openSync(file, "r");
let kept = 0;
let invalid = 0;

for (;;) {
  const read = readSync(input, buffer, kept, buffer.length - kept, null);
  if (read === 0) break;
  const end = kept + read;
  let start = 0;
  for (;;) {
    const newline = buffer.indexOf(10, start);
    if (newline < 0 || newline >= end) break;
    if (!validate(JSON.parse(buffer.toString("utf8", start, newline)))) invalid += 1;
    start = newline + 1;
  }
  buffer.copyWithin(0, start, end);
  kept = end - start;
}
if (kept > 0 && !validate(JSON.parse(buffer.toString("utf8", 0, kept)))) invalid += 1;
closeSync(input);
process.exitCode = invalid === 0 ? 0 : 1;
