// Secrets in the text view: what is stored already is not shown and not copied; it is one thing, which can be deleted or typed over.

import { type Extension, RangeSet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";

import { DOTS, type Mask } from "./mask";

class Dots extends WidgetType {
  override toDOM() {
    const dots = document.createElement("span");
    dots.textContent = DOTS;
    dots.setAttribute("role", "img");
    dots.setAttribute("aria-label", "a secret that is not shown");
    return dots;
  }

  override eq() {
    return true;
  }
}

const MASK = Decoration.replace({ widget: new Dots() });
/** Masks these regions from now on. */
export const masked = StateEffect.define<Mask[]>();

const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(set, transaction) {
    for (const effect of transaction.effects) {
      // An answer about a longer text.
      const fitting = effect.is(masked) ? effect.value.filter(({ start, end }) => start < end && end <= transaction.newDoc.length) : undefined;
      if (fitting) return RangeSet.of(fitting.map(({ start, end }) => MASK.range(start, end)), true);
    }
    return set.map(transaction.changes);
  },
  provide: (field) => [EditorView.decorations.from(field), EditorView.atomicRanges.of((view) => view.state.field(field))],
});

/** What was copied last with secrets in it, as it was shown and as it is. */
let copied: { shown: string; text: string } | undefined;

/** What the view needs. */
export const secrets: Extension = [
  field,
  EditorView.clipboardOutputFilter.of((text, state) => {
    const { ranges } = state.selection;
    const selected = ranges.filter(({ empty }) => !empty);
    // Without a selection it is whole lines.
    const parts = selected.length > 0 ? selected : ranges.map(({ head }) => state.doc.lineAt(head));
    const shown = parts.map(({ from, to }) => {
      let [shown, at] = ["", from];
      state.field(field).between(from, to, (start, end) => {
        shown += state.sliceDoc(at, Math.max(at, start)) + DOTS;
        at = Math.min(end, to);
      });
      return shown + state.sliceDoc(at, to);
    });
    if (!shown.some((part) => part.includes(DOTS))) return text;
    copied = { shown: shown.join(state.lineBreak), text };
    return copied.shown;
  }),
  // What was cut or copied here can be pasted here.
  EditorView.clipboardInputFilter.of((text) => (copied !== undefined && text === copied.shown ? copied.text : text)),
];
