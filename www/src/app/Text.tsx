// The document as text: CodeMirror, with the findings of the core as its diagnostics. It stands in a shadow root, where it may bring its
// styles along under a policy that allows no inline ones.

import { defaultKeymap, history, historyKeymap, indentWithTab, redo, undo } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { toml } from "@codemirror/legacy-modes/mode/toml";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Finding, Format } from "@setpoint/core";
import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { flushSync } from "react-dom";

import type { Mask } from "./mask";
import { masked, secrets } from "./secrets";

/** What others can do with the text. */
export interface TextHandle {
  /** Selects a region, shows it and moves the keyboard there. */
  jump(start: number, end: number): void;
  /** Makes it another text, as one step that can be undone. */
  set(text: string): void;
  /** Replaces regions as one step that can be undone. */
  replace(edits: { start: number; end: number; text: string }[]): void;
  undo(): void;
  redo(): void;
}

interface Props {
  ref: Ref<TextHandle>;
  label: string;
  /** The text that it begins with. Afterwards the view has its own, which `set` changes: what comes from the page may be older than it. */
  text: string;
  format: Format;
  findings: Finding[];
  /** What is not shown. */
  masks: Mask[];
  isReadOnly: boolean;
  onChange(text: string): void;
}

const LANGUAGES: Record<Format, () => Extension> = {
  json: () => json(),
  jsonc: () => json(),
  yaml: () => yaml(),
  toml: () => StreamLanguage.define(toml),
};

/** Colours of the page, light and dark. */
const THEME = EditorView.theme({
  "&": { height: "100%", fontSize: "13px", color: "var(--text)", backgroundColor: "var(--surface)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-gutters": { color: "var(--quiet)", backgroundColor: "var(--ground)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent) 7%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent)",
  },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-tooltip, .cm-panels": { color: "var(--text)", backgroundColor: "var(--surface)", borderColor: "var(--line)" },
});

const HIGHLIGHT = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: tags.string, color: "var(--pass)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--undecided)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
]);

const SEVERITIES = { error: "error", undecided: "error", warning: "warning", debt: "info" } as const;

function diagnostics(findings: Finding[], length: number): Diagnostic[] {
  return findings.flatMap((finding) => {
    const { utf16_start: from = 0, utf16_end: to = 0 } = finding.span ?? {};
    // An answer about a longer text.
    if (from > length || to > length) return [];
    const message = `${finding.message}; expected ${finding.expected.text}`;
    return [{ from, to, severity: SEVERITIES[finding.severity], message, source: finding.code }];
  });
}

/** The one change that makes a text of another: what both begin and end with stays, and with it the place of the cursor. */
function between(from: string, to: string): { from: number; to: number; insert: string } {
  const least = Math.min(from.length, to.length);
  let first = 0;
  while (first < least && from[first] === to[first]) first += 1;
  let last = 0;
  while (last < least - first && from[from.length - 1 - last] === to[to.length - 1 - last]) last += 1;
  return { from: first, to: from.length - last, insert: to.slice(first, to.length - last) };
}

export function Text({ ref, label, text, format, findings, masks, isReadOnly, onChange }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const parts = useRef({ language: new Compartment(), readOnly: new Compartment() });
  // The listener of the view is made once; what it calls is always the newest.
  const change = useRef(onChange);
  change.current = onChange;

  useEffect(() => {
    const { language, readOnly } = parts.current;
    const root = host.current!.shadowRoot ?? host.current!.attachShadow({ mode: "open" });
    const made = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(),
          lintGutter(),
          history(),
          drawSelection(),
          bracketMatching(),
          highlightActiveLine(),
          highlightSelectionMatches(),
          search({ top: true }),
          syntaxHighlighting(HIGHLIGHT),
          THEME,
          secrets,
          keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap, indentWithTab]),
          language.of([]),
          readOnly.of([]),
          // Whoever has no mouse has to know how to leave: Tab indents.
          EditorView.contentAttributes.of({ "aria-label": `${label}; Escape, then Tab, leaves it` }),
          EditorView.updateListener.of((update) => {
            // At once: in a shadow root React does not see that a key is waited for, and would leave it for the next frame.
            if (update.docChanged) flushSync(() => change.current(update.state.doc.toString()));
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
    // The rest is brought in by the effects below.
  }, [label]);

  useEffect(() => {
    const { language, readOnly } = parts.current;
    view.current?.dispatch({
      effects: [
        language.reconfigure(LANGUAGES[format]()),
        readOnly.reconfigure(EditorState.readOnly.of(isReadOnly)),
      ],
    });
  }, [format, isReadOnly, label]);

  useEffect(() => {
    const { current } = view;
    // One transaction: each is drawn.
    if (current) current.dispatch(setDiagnostics(current.state, diagnostics(findings, current.state.doc.length)), { effects: masked.of(masks) });
  }, [findings, masks, label]);

  useImperativeHandle(ref, () => ({
    jump(start, end) {
      const length = view.current?.state.doc.length ?? 0;
      const [anchor, head] = [Math.min(start, length), Math.min(end, length)];
      view.current?.dispatch({ selection: { anchor, head }, scrollIntoView: true });
      view.current?.focus();
    },
    set(text) {
      const there = view.current?.state.doc.toString();
      if (there !== undefined && there !== text) view.current?.dispatch({ changes: between(there, text) });
    },
    replace(edits) {
      view.current?.dispatch({ changes: edits.map(({ start, end, text }) => ({ from: start, to: end, insert: text })) });
    },
    undo() {
      if (view.current) undo(view.current);
    },
    redo() {
      if (view.current) redo(view.current);
    },
  }));

  return <div className="text" ref={host} />;
}
