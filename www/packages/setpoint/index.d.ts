/**
 * Checks settings documents with the verdict, and the words, of the Setpoint gate.
 *
 * ```js
 * import { bundleOf, init, Policy } from "@setpoint/core";
 *
 * await init();
 * const policy = new Policy(bundleOf({ schema: '{"properties": {"port": {"type": "integer"}}}' }));
 * const { verdict, findings } = policy.check({ file: "eu.yaml" }, 'port: "80"');
 * ```
 *
 * Documents are checked where they are: the module sends nothing anywhere.
 */

/** `undecided` blocks like `fail` unless somebody accepts it. */
export type Verdict = "pass" | "undecided" | "fail";

/** Only errors make a document fail. `debt` was wrong already before a change that did not touch it. */
export type Severity = "warning" | "debt" | "undecided" | "error";

/** The format of a document. */
export type Format = "json" | "jsonc" | "yaml" | "toml";

/** When the same request may succeed. */
export type RetryWhen = "now" | "after-edit" | "after-refresh" | "after-delay" | "never";

/** A JSON Pointer (RFC 6901); empty for the whole document. */
export type Pointer = string;

/**
 * JSON text, for example `"80"` or `"18446744073709551617"`. `JSON.parse` makes a value of it, at the price of digits
 * that a JavaScript number cannot hold.
 */
export type JsonText = string;

/** A region of the text. */
export interface Span {
  /** First byte. */
  start: number;
  /** First byte after the region. */
  end: number;
  /** Line of `start`, from 1. */
  line: number;
  /** Column of `start` in Unicode scalar values, from 1. */
  column: number;
  /** Line of `end`, from 1. */
  end_line: number;
  /** Column of `end` in Unicode scalar values, from 1. */
  end_column: number;
  /**
   * `start` in UTF-16 code units, the index into a JavaScript string. Bytes that are no UTF-8 count as what `TextDecoder`
   * with `ignoreBOM` makes of them. Absent only where the text that the region lies in is neither part of the call nor
   * of the bundle. Like the other offsets of `checkLines`, it counts from the start of the line.
   */
  utf16_start?: number;
  /** `end` in UTF-16 code units. */
  utf16_end?: number;
}

/** Replaces a region of the text. */
export interface Edit {
  /** First byte that is replaced. */
  start: number;
  /** First byte that stays. */
  end: number;
  /** The new text. */
  text: string;
  /** `start` in UTF-16 code units; see {@link Span.utf16_start}. */
  utf16_start?: number;
  /** `end` in UTF-16 code units. */
  utf16_end?: number;
}

/** Edits that clear a finding. They do not overlap and are sorted by `start`. */
export interface Fix {
  /** `safe` keeps the author's meaning; `unsafe` is a good guess that a person decides about. */
  safety: "safe" | "unsafe";
  edits: Edit[];
}

/** Another place that helps to understand a finding. */
export interface Related {
  message: string;
  /** The file; absent when it is the document itself. */
  file?: string;
  span?: Span;
}

/** One thing that is wrong: what failed, what was expected, whether a retry makes sense. */
export interface Finding {
  /** For example `type-mismatch`; {@link explain} has its page. */
  code: string;
  severity: Severity;
  /** The value that is wrong. */
  instance: Pointer;
  /** Where the demand comes from: file, `#`, pointer. Absent when no schema, rule or migration is involved. */
  keyword?: string;
  /** What failed, in one line; user input stands in backticks. */
  message: string;
  /** What would have passed; `value` is the nearest such value, where there is one. */
  expected: { text: string; value?: JsonText };
  /** What was there. */
  actual?: { text: string };
  retry: { when: RetryWhen; text: string };
  /** What to do, in one line. */
  help?: string;
  fix?: Fix;
  /** Absent when the text could not be parsed that far, and when the finding is about the file as a whole. */
  span?: Span;
  related?: Related[];
  /** Whom to ask. */
  owner?: string;
  /** What kind of fault the author of a rule calls it: `FieldValueInvalid` and the like. */
  reason?: string;
  /** The documentation page. */
  url: string;
  /** Names the same fault across unrelated edits. */
  fingerprint: string;
}

/** What was found in one document, schema or migration file. */
export interface Report {
  /** The file as the caller named it. */
  file: string;
  /** The family; absent for one-off use. */
  settings?: string;
  /** The version that it was checked against. */
  version?: number;
  verdict: Verdict;
  /** In the order of the text. */
  findings: Finding[];
  /** Regions that hold secrets. Whoever shows the text masks them. */
  hidden?: Span[];
}

/** What loading a bundle found. */
export interface LoadAnswer {
  /** The digest of the bundle, `sha256:…`. */
  bundle: string;
  /** The version of the core. */
  core: string;
  /** One report for each schema file with findings. */
  reports: Report[];
}

/** Check one document. */
export interface CheckCall {
  /** What to call the document in the report; its ending tells the format. */
  file: string;
  /** The family; may be left out when the bundle has just one. */
  settings?: string;
  /** The version; otherwise the one that the document declares, otherwise the current one. */
  version?: number;
  /** The format; otherwise told from the file name. */
  format?: Format;
  /**
   * What the document was before a change: rules about changes are asked then, and what was wrong already at a place that the
   * change did not touch is debt.
   */
  before?: { file: string; text: string; format?: Format };
  /** What was wrong already is wrong still. */
  no_ratchet?: boolean;
}

/** The answer to a {@link CheckCall}. */
export type CheckAnswer = Report;

/** The answer to checking many lines. */
export interface LinesAnswer {
  /** Lines that hold a document; blank lines do not count. */
  documents: number;
  /** One report for each line with findings; `file` is `FILE:LINE`. */
  reports: Report[];
}

/** Gate one migration on the documents at hand. */
export interface GateCall {
  /** The family. */
  settings: string;
  /** The migration's file name as it stands in the bundle. */
  migration: string;
  /** The documents at hand; `version` is the one that a document is known to have, otherwise the one it declares. */
  documents: { file: string; text: string; format?: Format; version?: number }[];
  /** The versions that each running service reads. */
  readers?: Record<string, number[]>;
  /** Whether the migration has been rehearsed; not asked when absent. */
  rehearsal?: {
    /** What the receipt file is called. */
    file: string;
    /** Its text; absent when there is none. */
    receipt?: string;
    /** Now, RFC 3339 in UTC: the core has no clock. */
    now: string;
    /** Days after which a receipt is too old. */
    days: number;
    /** Whether the migration is refused without a valid receipt; otherwise its lack is a warning. */
    required: boolean;
  };
}

/** The answer to a {@link GateCall}. */
export interface GateAnswer {
  /** The report on the migration file. */
  report: Report;
  /** What the file says of itself; absent when its form is wrong. */
  about?: { migration: string; from: number; to: number; owner: string; expected: string };
  /** What a receipt of a rehearsal has to name; absent when the migration or one of its schemas is not there. */
  digests?: {
    old_schema: string;
    new_schema: string;
    migration: string;
    rules: string;
    bundle: string;
    core: string;
  };
  /** Documents that went up, down again and were compared. */
  converted: number;
  /** Documents that are at another version and were left out. */
  skipped: number;
  /** Documents made from the old schema that went up, down again and were compared. */
  generated: number;
  /** Documents made from the new schema that went down, like ones that are written after the migration. */
  written: number;
  /** What such documents lose on the way down: a place, and in how many of them. */
  losses?: [at: string, documents: number][];
  /**
   * The steps, and whether each knows its way back: by itself, with what it keeps beside a document, or not at all. `proved`
   * tells for which documents the old schema proves that it keeps nothing: all valid ones, or those without undeclared members.
   */
  steps?: {
    step: string;
    name: string;
    nature: "exact" | "complement" | "lossy";
    kept: number;
    keeps?: string;
    proved: "none" | "declared" | "valid";
  }[];
}

/** Take one document from one version to another. */
export interface ConvertCall {
  /** What to call the document. */
  file: string;
  /** The family; may be left out when the bundle has just one. */
  settings?: string;
  /** The version that it is at; otherwise the one it declares, otherwise the current one. */
  from?: number;
  /** The version that is wanted. */
  to: number;
  /** The format; otherwise told from the file name. */
  format?: Format;
  /** What the conversion before this one left. */
  complement?: string;
  /** Whether to say what the wanted version has no place for; it costs a second conversion. */
  losses?: boolean;
  /**
   * Whether the layout of the text means nothing, as in a column that keeps values: what comes out is JSON in one line, and
   * nothing is kept for the layout of the way back. Only for JSON.
   */
  compact?: boolean;
}

/** The answer to a {@link ConvertCall}. */
export interface ConvertAnswer {
  /** The document in its format, with its comments and its layout; absent when it could not be converted. */
  document?: string;
  /** What the way back needs, to be kept beside the document as it is. Absent when it needs nothing. */
  complement?: string;
  /** The version that it was at. */
  from?: number;
  /** Places, items of lists as `*`, whose values the wanted version has no place for. They are in the complement. */
  losses?: string[];
  /** What was in the way, or is wrong with the document at the wanted version. */
  report: Report;
}

/** Compare what two people made of one document. */
export interface MergeCall {
  /** What to call the document. */
  file: string;
  /** The family; may be left out when the bundle has just one. */
  settings?: string;
  /** The format of all texts. */
  format: Format;
  /** What both began with; absent when it is not known, and then everything that differs is a conflict. */
  base?: string;
  /** What it is now. */
  theirs: string;
  /** What it is to become. */
  yours: string;
}

/** The answer to a {@link MergeCall}. */
export interface MergeAnswer {
  /** Places that they have changed. */
  theirs: string[];
  /** Places that you have changed. */
  yours: string[];
  /** Places that both have changed, and not in the same way. */
  conflicts: string[];
  /** Your text with what they have changed, and what you have at conflicts. Absent when a text cannot be read. */
  merged?: string;
  /** What stands in your text that cannot be read. */
  report: Report;
}

/** What a form shows of a document. */
export interface ValueAnswer {
  /** The document with its digits and its order of keys; absent when it cannot be read. */
  value?: JsonText;
  /** The version whose schema tells what is a secret. */
  version?: number;
  /** Places whose values are not to be shown. */
  secrets: Pointer[];
  /** Where they stand in the text; of a text that cannot be read, all of it when there may be any. */
  hidden: Span[];
  /** Places of numbers that JavaScript does not hold: `JSON.parse` makes other numbers of them. */
  inexact: Pointer[];
}

/** Change a document place by place. */
export interface EditCall {
  /** What to call the document. */
  file: string;
  /** The format of the text. */
  format: Format;
  /** The changes, one after the other: a JSON Patch (RFC 6902). */
  patch: Operation[];
}

/** One change. */
export interface Operation {
  op: "add" | "remove" | "replace" | "move" | "copy" | "test";
  path: Pointer;
  /** For `move` and `copy`. */
  from?: Pointer;
  /** For `add`, `replace` and `test`. */
  value?: unknown;
}

/** The answer to an {@link EditCall}. */
export interface EditAnswer {
  /** The text, with the layout, the comments and the digits of what has not changed. Absent when the text before cannot be read. */
  text?: string;
  /** What stands in the text before that cannot be read. */
  report: Report;
}

/** One of the two schemas that are compared. */
export interface Edition {
  /** The family. */
  settings: string;
  /** The version; the current one when absent. */
  version?: number;
}

/** Compare two schemas of the bundle. */
export interface CompareCall {
  /** The schema that documents were written for. */
  old: Edition;
  /** The schema that is to take its place. */
  new: Edition;
  /** The documents at hand, written for the old schema. */
  documents?: { file: string; text: string; format?: Format }[];
  /** The reading that `reports` is about; `any` when absent. */
  reading?: "any" | "declared" | "documents";
  /** The direction that `reports` is about; `backward` when absent. */
  direction?: "backward" | "forward" | "full";
  /** What is undecided, and accepted all the same. */
  accepted?: { fingerprint: string; reason: string; owner: string }[];
}

/** Proved, neither proved nor refuted, or refuted by a document. */
export type Relation = "compatible" | "undecided" | "breaking";

/** One direction of one reading. */
export interface Comparison {
  relation: Relation;
  evidence: {
    /** A document that the one schema accepts and the other refuses, as JSON text. */
    witness?: string;
    /** What the refusing schema says about the witness. */
    finding?: Finding;
    /** A step of the proof, or what changed, or what stopped the proof. */
    reason: string;
    /** The places in both schemas, `FILE#POINTER`. */
    from?: string;
    to?: string;
  }[];
}

/** Both directions of one reading. */
export interface Directions {
  /** Old documents, new schema. */
  backward: Comparison;
  /** New documents, old schema. */
  forward: Comparison;
  /** The worse of the two. */
  full: Relation;
}

/** The answer to a {@link CompareCall}. */
export interface CompareAnswer {
  /** The schema files. */
  from: string;
  to: string;
  /** For any document that a schema accepts. Absent when a schema cannot be used. */
  any?: Directions;
  /** For documents with no member that the schema does not speak of. */
  declared?: Directions;
  /** For the documents at hand; absent when there are none. */
  at_hand?: { documents: number; breaking: number; left_out: number; places?: [string, number][]; files?: string[] };
  /** Findings in schema files: what breaks and what is undecided in the reading and direction of the call. */
  reports?: Report[];
}

/**
 * Every error that the package throws on purpose. The message says what failed, what was expected, and whether a
 * retry helps. Bad documents and bad schemas never throw: they give findings.
 */
export class SetpointError extends Error {
  private constructor();
  readonly name: "SetpointError";
  /**
   * - `bundle`: the bundle text cannot be read;
   * - `call`: the call or its text has the wrong shape;
   * - `state`: the module is not loaded, or the policy was freed;
   * - `internal`: a fault of ours; the module was restarted and every policy keeps working.
   */
  readonly kind: "bundle" | "call" | "state" | "internal";
}

/**
 * Loads the WebAssembly module; needed once, more calls are free. Without an argument it is taken from beside this
 * package (fetched in browsers, read from the disk in Node). After a failure the next call tries again.
 */
export function init(source?: ModuleSource | Promise<ModuleSource>): Promise<void>;

/** The same, at once, from bytes or a compiled module. In Node the argument may be left out. */
export function initSync(source?: BufferSource | WebAssembly.Module): void;

/**
 * Loads the module that compares schemas, for pages that want to have it before the first comparison or that keep it
 * elsewhere. Not needed otherwise.
 */
export function initComparing(source?: ModuleSource | Promise<ModuleSource>): Promise<void>;

/** Where a module comes from. */
export type ModuleSource = string | URL | Request | Response | BufferSource | WebAssembly.Module;

/** A bundle that is loaded and ready to answer calls. */
export class Policy {
  /**
   * Loads a bundle from its JSON text, as `setpoint bundle` or {@link bundleOf} writes it.
   *
   * @throws {SetpointError} of kind `bundle` when the text is not a bundle that this version reads
   */
  constructor(bundleText: string | Uint8Array);

  /** The digest of the bundle, `sha256:…`. */
  readonly digest: string;

  /** What loading found: findings in schema files. */
  load(): LoadAnswer;

  /** Checks one document. Give the text as it is on disk: parsing is part of the check. */
  check(call: CheckCall, text: string | Uint8Array): CheckAnswer;

  /** What a form shows of a document: its value, and what of it is a secret. {@link edit} writes what the form changes. */
  value(call: CheckCall, text: string | Uint8Array): ValueAnswer;

  /**
   * Checks every line as a JSON document of its own. Lines are counted from `firstLine`, so that a long file can be
   * sent in pieces that end at a line end.
   */
  checkLines(call: CheckCall, firstLine: number, text: string | Uint8Array): LinesAnswer;

  /** Gates one migration of the bundle. The module for it is fetched when it is needed for the first time, as by `compare`. */
  gate(call: GateCall): Promise<GateAnswer>;

  /** Takes one document from one version to another, through the migrations between them. */
  convert(call: ConvertCall, text: string | Uint8Array): Promise<ConvertAnswer>;

  /** Compares what two people made of one document, and puts the two together. */
  merge(call: MergeCall): Promise<MergeAnswer>;

  /**
   * Compares two schemas of the bundle: will documents of the old one be valid under the new one? The module that compares
   * is fetched when it is needed for the first time; see {@link initComparing}.
   */
  compare(call: CompareCall): Promise<CompareAnswer>;

  /** The answers as the native core writes them, byte for byte: no UTF-16 offsets, `expected.value` as a bare value. */
  loadText(): string;
  checkText(call: CheckCall, text: string | Uint8Array): string;
  checkLinesText(call: CheckCall, firstLine: number, text: string | Uint8Array): string;
  gateText(call: GateCall): Promise<string>;
  convertText(call: ConvertCall, text: string | Uint8Array): Promise<string>;
  mergeText(call: MergeCall): Promise<string>;
  compareText(call: CompareCall): Promise<string>;

  /** Gives the memory back at once; otherwise the garbage collector does it some day. */
  free(): void;
  [Symbol.dispose](): void;
}

/** A family with one schema, for {@link bundleOf}. */
export interface BundleOptions {
  /** The name of the family; `settings` when absent. */
  settings?: string;
  /** The text of the schema, in JSON or YAML. */
  schema: string;
  /** What to call the schema in findings; `schema.json` when absent. Its ending tells the format. */
  file?: string;
  /** The version of the schema; 1 when absent. */
  version?: number;
  /** Other versions of the schema, for {@link Policy.compare}. */
  others?: { version: number; schema: string; file: string }[];
  /** Other schema files, which `$ref` can name. */
  shared?: { file: string; text: string }[];
  /** Rule files: what the schema cannot say. */
  rules?: { file: string; text: string }[];
  /** Whether the keyword `format` asserts; it does when absent. */
  format?: boolean;
  /** Whom findings name as owner. */
  owner?: string;
  /** Pointers (with `*` for any key or index) whose values never appear in a report. */
  secrets?: string[];
  /** JSON Pointer to the place where a document declares its version. */
  versionAt?: string;
}

/** The canonical text of a bundle with one family. */
export function bundleOf(options: BundleOptions): string;

/**
 * Changes a document place by place. What is not changed stays as its author wrote it. The module for it is fetched when it is needed
 * for the first time, as by {@link Policy.compare}; see {@link initComparing}.
 *
 * @throws {SetpointError} of kind `call` when a change cannot be made, for example because nothing stands at its place
 */
export function edit(call: EditCall, text: string | Uint8Array): Promise<EditAnswer>;

/**
 * The documentation page of a finding code, in Markdown; `undefined` when there is no such code. The pages are a file of
 * their own, which is fetched when the first one is asked for; {@link init} is not needed.
 */
export function explain(code: string): Promise<string | undefined>;

/** The version of the core. */
export function version(): string;
