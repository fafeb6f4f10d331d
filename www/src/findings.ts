// The list of findings, as elements. Text from documents only ever becomes text nodes.

import type { Edit, Finding, Span } from "@setpoint/core";

/** Where findings come from: each group points into its own editor. */
export interface Group {
  title: string;
  findings: Finding[];
  jump(span: Span): void;
  apply(edits: Edit[]): void;
  explain(code: string): Promise<void>;
}

/** Makes an element. */
function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...children);
  return element;
}

function button(className: string, label: string, onClick: () => void): HTMLButtonElement {
  const element = make("button", className, label);
  element.type = "button";
  element.addEventListener("click", onClick);
  return element;
}

/** Text in which the parts between backticks are set as code. */
function prose(text: string): (Node | string)[] {
  return text.split("`").map((part, index) => (index % 2 === 1 ? make("code", "", part) : part));
}

function row(term: string, ...description: (Node | string)[]): Node[] {
  return [make("dt", "", term), make("dd", "", ...description)];
}

function item(finding: Finding, group: Group): HTMLLIElement {
  const { span, fix } = finding;
  const place = span
    ? button("place", `${span.line}:${span.column}`, () => group.jump(span))
    : make("span", "place", "whole file");
  if (span) place.setAttribute("aria-label", `Go to line ${span.line}, column ${span.column}`);
  const code = button("code", finding.code, () => group.explain(finding.code));
  code.title = "What this finding means";

  const rows = row("expected", ...prose(finding.expected.text));
  if (finding.expected.value !== undefined) rows.push(...row("nearest", make("code", "", finding.expected.value)));
  if (finding.help !== undefined) rows.push(...row("help", ...prose(finding.help)));
  rows.push(...row("retry", ...prose(finding.retry.text)));
  if (finding.keyword !== undefined) rows.push(...row("schema", make("code", "", finding.keyword)));
  if (finding.owner !== undefined) rows.push(...row("owner", finding.owner));
  for (const related of finding.related ?? []) {
    const there = related.file === undefined ? related.span : undefined;
    rows.push(
      ...row(
        "see",
        ...prose(related.message),
        ...(there ? [" ", button("place", `${there.line}:${there.column}`, () => group.jump(there))] : []),
      ),
    );
  }

  const head = make("div", "head", place, make("span", "severity", finding.severity), code);
  if (fix) {
    const label = fix.safety === "safe" ? "Apply fix" : "Apply suggestion";
    head.append(button("fix", label, () => group.apply(fix.edits)));
  }
  const element = make("li", "finding", head, make("p", "message", ...prose(finding.message)), make("dl", "", ...rows));
  element.dataset["severity"] = finding.severity;
  element.dataset["code"] = finding.code;
  return element;
}

/** Shows the groups that have findings. */
export function showFindings(host: HTMLElement, groups: Group[]): void {
  const filled = groups.filter(({ findings }) => findings.length > 0);
  host.replaceChildren(
    ...filled.flatMap((group) => [
      make("h3", "", group.title),
      make("ol", "list", ...group.findings.map((finding) => item(finding, group))),
    ]),
  );
}

/** Shows that there is nothing to list, and why. */
export function showNote(host: HTMLElement, kind: "empty" | "pass" | "trouble", title: string, text: string): void {
  const note = make("div", "note", make("p", "title", title), make("p", "", ...prose(text)));
  note.dataset["kind"] = kind;
  host.replaceChildren(note);
}
