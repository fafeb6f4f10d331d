// From text to verdict in Node, for the valid documents of real schemas: `node node.mjs PEERS CORPUS ROUNDS`. Prints
// JSON; all times are in seconds per document.

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { bundleOf, init, Policy } from "../www/packages/setpoint/node.js";

const [peers, corpus, rounds] = process.argv.slice(2);
const require = createRequire(`${peers}/`);
const addFormats = require("ajv-formats").default;
const AJV = {
  "http://json-schema.org/draft-04/schema": require("ajv-draft-04").default,
  "https://json-schema.org/draft/2019-09/schema": require("ajv/dist/2019").default,
  "https://json-schema.org/draft/2020-12/schema": require("ajv/dist/2020").default,
};
/**
 * How long one batch takes at least, in seconds: long beside what the clock tells apart, short beside a turn of the
 * scheduler, so that most batches run undisturbed.
 */
const BATCH = 0.001;
/** How long everything runs before it is measured, in seconds: V8 compiles JavaScript and WebAssembly better while they run. */
const WARM_UP = 0.3;

await init();

/** The fastest ajv: compiled, stops at the first error, formats on as they are with us. */
function compiled(schema) {
  const dialect = typeof schema.$schema === "string" ? schema.$schema.replace(/#$/, "") : undefined;
  const Ajv = AJV[dialect] ?? require("ajv").default;
  const ajv = new Ajv({ strict: false, logger: false });
  addFormats(ajv);
  return ajv.compile(schema);
}

/** Processor time of this process in seconds: on a machine that does nothing else the same as time, and fairer on others. */
function spent() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** The time of `count` calls. */
function timeOf(run, count) {
  const start = spent();
  for (let index = 0; index < count; index += 1) run();
  return spent() - start;
}

/** Repetitions of `run` that take at least one batch; also warms up. */
function repetitions(run) {
  for (let count = 1; ; count *= 2) {
    if (timeOf(run, count) >= BATCH) return count;
  }
}

/** The median time of each function for one call, in seconds; all in turn, so that the machine's moods hit all alike. */
function times(runs) {
  const names = Object.keys(runs);
  const measured = Object.fromEntries(names.map((name) => [name, []]));
  for (const name of names) timeOf(runs[name], Math.ceil((repetitions(runs[name]) * WARM_UP) / BATCH));
  const counts = Object.fromEntries(names.map((name) => [name, repetitions(runs[name])]));
  for (let round = 0; round < Number(rounds); round += 1) {
    for (const name of names) measured[name].push(timeOf(runs[name], counts[name]) / counts[name]);
  }
  const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
  return Object.fromEntries(names.map((name) => [name, median(measured[name])]));
}

/** Both validators of a schema, or the reason why there are none. */
function validators(schemaText) {
  const policy = new Policy(bundleOf({ schema: schemaText }));
  const [report] = policy.load().reports.filter(({ verdict }) => verdict === "fail");
  if (report) return { reason: `setpoint refuses the schema: ${report.findings[0].message}` };
  try {
    return { policy, validate: compiled(JSON.parse(schemaText)) };
  } catch (error) {
    return { reason: `ajv refuses the schema: ${error.message}` };
  }
}

const call = { file: "document.json" };
const anything = new Policy(bundleOf({ schema: "{}" }));
const encoder = new TextEncoder();
const schemas = [];
const skipped = [];

for (const name of readdirSync(corpus).sort()) {
  const schemaText = readFileSync(join(corpus, name, "schema.json"), "utf8");
  const { policy, validate, reason } = validators(schemaText);
  if (reason) {
    skipped.push(`\`${name}\`, ${reason}`);
    continue;
  }
  const texts = [];
  for (const file of readdirSync(join(corpus, name, "documents")).sort()) {
    // Compact, as documents travel and as databases keep them.
    const text = JSON.stringify(JSON.parse(readFileSync(join(corpus, name, "documents", file), "utf8")));
    const refusing = [policy.check(call, text).verdict !== "pass" && "setpoint", !validate(JSON.parse(text)) && "ajv"].filter(Boolean);
    if (refusing.length === 0) texts.push(text);
    else skipped.push(`\`${name}/${file}\`, not valid for ${refusing.join(" and ")}`);
  }
  if (texts.length === 0) continue;
  const values = texts.map((text) => JSON.parse(text));
  const lines = texts.join("\n");
  const measured = times({
    setpoint: () => texts.forEach((text) => policy.check(call, text)),
    ajv: () => texts.forEach((text) => validate(JSON.parse(text))),
    lines: () => policy.checkLines(call, 1, lines),
    // What the parts of a call are told apart by.
    encode: () => texts.forEach((text) => encoder.encode(text)),
    nothing: () => texts.forEach(() => anything.check(call, "0")),
    anything: () => texts.forEach((text) => anything.check(call, text)),
    parse: () => texts.forEach((text) => JSON.parse(text)),
    validate: () => values.forEach((value) => validate(value)),
  });
  const perDocument = Object.fromEntries(Object.entries(measured).map(([part, time]) => [part, time / texts.length]));
  schemas.push({ name, documents: texts.length, bytes: lines.length / texts.length, ...perDocument });
}

const mean = (value) => schemas.reduce((sum, schema) => sum + value(schema), 0) / schemas.length;
const split = [
  { part: "the call and its answer, whatever the document", setpoint: mean(({ nothing }) => nothing) },
  { part: "text to bytes (`TextEncoder`)", setpoint: mean(({ encode }) => encode) },
  {
    part: "copying into WebAssembly and parsing there",
    setpoint: mean(({ anything, nothing, encode }) => anything - nothing - encode),
    ajv: mean(({ parse }) => parse),
  },
  { part: "validating", setpoint: mean(({ setpoint, anything }) => setpoint - anything), ajv: mean(({ validate }) => validate) },
];
console.log(JSON.stringify({ schemas, split, skipped }));
