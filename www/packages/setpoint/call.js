// Calls and texts before they cross into WebAssembly: mistakes are named here, in the words of JavaScript.

import { SetpointError } from "./error.js";

const FORMATS = ["json", "jsonc", "yaml", "toml"];
const encoder = new TextEncoder();

/** A value in a message: short, on one line, between backticks. */
function quoted(value) {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return `\`${text.length > 60 ? `${text.slice(0, 57)}...` : text}\``;
}

function wrong(what, expected) {
  return new SetpointError("call", `${what}; expected ${expected}; the same call fails again`);
}

/** One row a member: whether it may be left out, what it has to be, and how to tell. */
const CHECK_CALL = {
  file: { required: true, expected: "a string: what to call the document", holds: isString },
  settings: { expected: "a string: the name of the family", holds: isString },
  version: { expected: "a whole number from 0 to 4294967295", holds: isVersion },
  format: { expected: `one of ${FORMATS.map((name) => `"${name}"`).join(", ")}`, holds: isFormat },
  before: { expected: "a document: `{ file, text, format }`, what it was before a change", holds: isObject },
  no_ratchet: { expected: "true or false", holds: (value) => typeof value === "boolean" },
};
const GATE_CALL = {
  settings: { required: true, expected: "a string: the name of the family", holds: isString },
  migration: { required: true, expected: "a string: the file name of the migration", holds: isString },
  documents: { required: true, expected: "an array of documents", holds: Array.isArray },
  readers: { expected: "an object: for each service, an array of the versions that it reads", holds: isReaders },
  rehearsal: { expected: "a rehearsal: `{ file, receipt, now, days, required }`", holds: isObject },
};
const REHEARSAL = {
  file: { required: true, expected: "a string: what to call the receipt", holds: isString },
  receipt: { expected: "a string: the text of the receipt", holds: isString },
  now: { required: true, expected: "a string: the time, as `2026-03-01T12:00:00Z`", holds: isString },
  days: { required: true, expected: CHECK_CALL.version.expected, holds: isVersion },
  required: { required: true, expected: CHECK_CALL.no_ratchet.expected, holds: CHECK_CALL.no_ratchet.holds },
};
const DOCUMENT = {
  file: { required: true, expected: "a string: what to call the document", holds: isString },
  text: { required: true, expected: "a string: the text of the document", holds: isString },
  format: { expected: CHECK_CALL.format.expected, holds: isFormat },
};
const GATE_DOCUMENT = { ...DOCUMENT, version: CHECK_CALL.version };

const CONVERT_CALL = {
  file: CHECK_CALL.file,
  settings: CHECK_CALL.settings,
  from: CHECK_CALL.version,
  to: { ...CHECK_CALL.version, required: true },
  format: CHECK_CALL.format,
  complement: { expected: "a string: what the conversion before this one left", holds: isString },
  losses: { expected: CHECK_CALL.no_ratchet.expected, holds: CHECK_CALL.no_ratchet.holds },
  compact: { expected: CHECK_CALL.no_ratchet.expected, holds: CHECK_CALL.no_ratchet.holds },
};

const MERGE_CALL = {
  file: CHECK_CALL.file,
  settings: CHECK_CALL.settings,
  format: { ...CHECK_CALL.format, required: true },
  base: { expected: "a string: what both began with", holds: isString },
  theirs: { required: true, expected: "a string: what the document is now", holds: isString },
  yours: { required: true, expected: "a string: what it is to become", holds: isString },
};

const EDIT_CALL = {
  file: CHECK_CALL.file,
  format: { ...CHECK_CALL.format, required: true },
  patch: { required: true, expected: "an array of changes: a JSON Patch (RFC 6902)", holds: Array.isArray },
};
const OPERATIONS = ["add", "remove", "replace", "move", "copy", "test"];
const OPERATION = {
  op: { required: true, expected: `one of ${OPERATIONS.map((name) => `"${name}"`).join(", ")}`, holds: (value) => OPERATIONS.includes(value) },
  path: { required: true, expected: "a JSON Pointer", holds: isString },
  from: { expected: "a JSON Pointer", holds: isString },
  value: { expected: "a value of JSON", holds: () => true },
};

const COMPARE_CALL = {
  old: { required: true, expected: "an edition: `{ settings, version }`", holds: isObject },
  new: { required: true, expected: "an edition: `{ settings, version }`", holds: isObject },
  documents: { expected: "an array of documents", holds: Array.isArray },
  reading: { expected: '"any", "declared" or "documents"', holds: (value) => ["any", "declared", "documents"].includes(value) },
  direction: { expected: '"backward", "forward" or "full"', holds: (value) => ["backward", "forward", "full"].includes(value) },
  accepted: { expected: "an array of findings that are accepted", holds: Array.isArray },
};
const EDITION = {
  settings: { required: true, expected: "a string: the name of the family", holds: isString },
  version: CHECK_CALL.version,
};
const ACCEPTED = {
  fingerprint: { required: true, expected: "a string: the fingerprint of the finding", holds: isString },
  reason: { required: true, expected: "a string: why it is right to go on", holds: isString },
  owner: { required: true, expected: "a string: who says so", holds: isString },
};

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isString(value) {
  return typeof value === "string";
}

function isVersion(value) {
  return Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;
}

function isReaders(value) {
  return isObject(value) && Object.values(value).every((versions) => Array.isArray(versions) && versions.every(isVersion));
}

function isFormat(value) {
  return FORMATS.includes(value);
}

function admit(what, members, value) {
  if (!isObject(value)) {
    throw wrong(`${what} is ${quoted(value)}`, "an object");
  }
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(members, name)) {
      throw wrong(`${what} has a member ${quoted(name)}`, `only ${Object.keys(members).join(", ")}`);
    }
  }
  for (const [name, { required, expected, holds }] of Object.entries(members)) {
    const given = value[name];
    if (given === undefined ? required : !holds(given)) {
      throw wrong(`\`${name}\` of ${what} is ${quoted(given)}`, expected);
    }
  }
}

/** The JSON text of a check call. */
export function checkCallText(call) {
  admit("the check call", CHECK_CALL, call);
  if (call.before !== undefined) admit("`before` of the check call", DOCUMENT, call.before);
  return JSON.stringify(call);
}

/** Whether a call says the same as one that was admitted. `false` when in doubt. */
export function isSameCall(admitted, call) {
  if (typeof call !== "object" || call === null || Array.isArray(call)) return false;
  const names = Object.keys(call);
  return names.length === Object.keys(admitted).length && names.every((name) => call[name] === admitted[name] && Object.hasOwn(admitted, name));
}

/** The JSON text of a gate call. */
export function gateCallText(call) {
  admit("the gate call", GATE_CALL, call);
  call.documents.forEach((document, index) => admit(`document ${index} of the gate call`, GATE_DOCUMENT, document));
  if (call.rehearsal !== undefined) admit("`rehearsal` of the gate call", REHEARSAL, call.rehearsal);
  return JSON.stringify(call);
}

/** The JSON text of a convert call. */
export function convertCallText(call) {
  admit("the convert call", CONVERT_CALL, call);
  return JSON.stringify(call);
}

/** The JSON text of a merge call. */
export function mergeCallText(call) {
  admit("the merge call", MERGE_CALL, call);
  return JSON.stringify(call);
}

/** The JSON text of an edit call. */
export function editCallText(call) {
  admit("the edit call", EDIT_CALL, call);
  call.patch.forEach((operation, index) => admit(`change ${index} of the edit call`, OPERATION, operation));
  return JSON.stringify(call);
}

/** The JSON text of a compare call. */
export function compareCallText(call) {
  admit("the compare call", COMPARE_CALL, call);
  admit("`old` of the compare call", EDITION, call.old);
  admit("`new` of the compare call", EDITION, call.new);
  call.documents?.forEach((document, index) => admit(`document ${index} of the compare call`, DOCUMENT, document));
  call.accepted?.forEach((accepted, index) => admit(`\`accepted\` ${index} of the compare call`, ACCEPTED, accepted));
  return JSON.stringify(call);
}

/** Bytes that the memory of a WebAssembly module surely has room for, besides what comes of them. */
const MOST_BYTES = 256 * 2 ** 20;

/** A text as the bytes that the core reads. */
export function textBytes(text, what) {
  const bytes = typeof text === "string" ? encoder.encode(text) : text;
  if (!(bytes instanceof Uint8Array)) throw wrong(`${what} is ${quoted(text)}`, "a string or a Uint8Array");
  if (bytes.length > MOST_BYTES) throw wrong(`${what} has ${bytes.length} bytes`, `at most ${MOST_BYTES}`);
  return bytes;
}

/** The number of the first line of a piece of an NDJSON file. */
export function lineNumber(line) {
  if (isVersion(line) && line >= 1) return line;
  throw wrong(`the first line is ${quoted(line)}`, "a whole number of at least 1");
}
