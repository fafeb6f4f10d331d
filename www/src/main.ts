// The page: two editors, one checker, one list.

import "./style.css";

import { explain as pageOf, type Edit, type Finding, type Format, type Report, type Span, type Verdict } from "@setpoint/core";

import { Checker } from "./checker";
import { counted } from "./counted";
import { Editor } from "./editor";
import { DOCUMENT, SCHEMA } from "./example";
import { showFindings, showNote, type Group } from "./findings";
import type { Answer } from "./protocol";

function element<E extends HTMLElement>(id: string, type: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no element \`${id}\` of the right kind`);
  return found;
}

const verdict = element("verdict", HTMLParagraphElement);
const list = element("findings", HTMLDivElement);
const schemaFormat = element("schema-format", HTMLSelectElement);
const documentFormat = element("document-format", HTMLSelectElement);
const schemaEditor = new Editor(element("schema-editor", HTMLDivElement), "Schema", ask);
const documentEditor = new Editor(element("document-editor", HTMLDivElement), "Document", ask);

const checker = new Checker({
  ready: (core) => (element("core", HTMLSpanElement).textContent = core),
  answer: show,
  error(message) {
    say("trouble", "No verdict");
    showNote(list, "trouble", "The check could not be finished", message);
  },
});

function ask(): void {
  if (schemaEditor.text.trim() === "") {
    checker.forget();
    say("empty", "No schema");
    showNote(list, "empty", "Nothing to check against yet", "Type or paste a JSON Schema on the left.");
    return;
  }
  // What is shown is about the text before this one, until the answer comes.
  verdict.ariaBusy = "true";
  const format = documentFormat.value as Format;
  checker.ask({
    schema: { file: `schema.${schemaFormat.value}`, text: schemaEditor.text },
    document: { file: `document.${format}`, format, text: documentEditor.text },
  });
}

/** Says the verdict. A screen reader hears it when it changes, not at every key. */
function say(state: Verdict | "empty" | "trouble", text: string): void {
  verdict.dataset["verdict"] = state;
  if (verdict.textContent !== text) verdict.textContent = text;
  verdict.ariaBusy = "false";
}

function show({ load, check }: Answer): void {
  element("digest", HTMLElement).textContent = load.bundle.slice(0, 19);
  element("digest", HTMLElement).title = load.bundle;
  const schemaFindings = load.reports.flatMap(({ findings }) => findings);
  const documentFindings = check?.findings ?? [];
  schemaEditor.mark(marksOf(schemaFindings));
  documentEditor.mark(marksOf(documentFindings));

  const count = counted([...schemaFindings, ...documentFindings]);
  const outcome = check ? worst([check, ...load.reports]) : "empty";
  if (outcome === "empty" && schemaFindings.length === 0) {
    say("empty", "No document");
    showNote(list, "empty", "Nothing to check yet", "Type or paste a settings document on the right.");
    return;
  }
  say(outcome, outcome === "empty" ? count : count === "" ? outcome : `${outcome} · ${count}`);
  if (count === "") {
    showNote(list, "pass", "Nothing is wrong", "The gate would let this document pass.");
    return;
  }
  showFindings(list, [group("In the schema", schemaEditor, schemaFindings), group("In the document", documentEditor, documentFindings)]);
}

function worst(reports: Report[]): Verdict {
  const order: Verdict[] = ["pass", "undecided", "fail"];
  const worstAt = Math.max(...reports.map((report) => order.indexOf(report.verdict)));
  return order[worstAt] ?? "undecided";
}

function marksOf(findings: Finding[]) {
  return findings.flatMap(({ span, severity }) =>
    span?.utf16_start === undefined || span.utf16_end === undefined
      ? []
      : [{ start: span.utf16_start, end: span.utf16_end, severity }],
  );
}

function group(title: string, editor: Editor, findings: Finding[]): Group {
  return {
    title,
    findings,
    jump: (span: Span) => editor.jump(span.utf16_start ?? 0, span.utf16_end ?? 0),
    apply: (edits: Edit[]) =>
      editor.replace(edits.map(({ utf16_start = 0, utf16_end = 0, text }) => ({ start: utf16_start, end: utf16_end, text }))),
    explain,
  };
}

async function explain(code: string): Promise<void> {
  const page = await pageOf(code).catch(() => "The page could not be fetched. Is the network there? Try again.");
  element("page-heading", HTMLHeadingElement).textContent = code;
  element("page-text", HTMLPreElement).textContent = page ?? "There is no page for this finding.";
  element("page", HTMLDialogElement).showModal();
}

for (const select of [schemaFormat, documentFormat]) select.addEventListener("change", ask);
schemaEditor.text = SCHEMA;
documentEditor.text = DOCUMENT;
ask();
