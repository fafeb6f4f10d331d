// A text area with line numbers and marks: the text is the browser's own, so that selection, undo, spelling tools
// and screen readers work as everywhere; the marks lie behind it.

import type { Severity } from "@setpoint/core";

/** A region to underline, in UTF-16 code units. */
export interface Mark {
  start: number;
  end: number;
  severity: Severity;
}

export class Editor {
  readonly area = document.createElement("textarea");
  readonly #gutter = document.createElement("div");
  readonly #backdrop = document.createElement("div");
  #marks: Mark[] = [];
  #lines = 0;

  constructor(host: HTMLElement, label: string, onInput: () => void) {
    this.area.spellcheck = false;
    this.area.autocapitalize = "off";
    this.area.autocomplete = "off";
    this.area.wrap = "off";
    this.area.setAttribute("aria-label", label);
    this.area.setAttribute("aria-describedby", "verdict");
    this.#gutter.className = "gutter";
    this.#backdrop.className = "backdrop";
    for (const decoration of [this.#gutter, this.#backdrop]) decoration.setAttribute("aria-hidden", "true");
    host.append(this.#gutter, this.#backdrop, this.area);
    this.area.addEventListener("input", () => {
      // Until the next answer the old marks would stand in the wrong places.
      this.mark([]);
      onInput();
    });
    this.area.addEventListener("scroll", () => this.#scroll());
    this.#draw();
  }

  get text(): string {
    return this.area.value;
  }

  set text(text: string) {
    this.area.value = text;
    this.mark([]);
  }

  mark(marks: Mark[]): void {
    this.#marks = marks.filter(({ start, end }) => start <= end).sort((a, b) => a.start - b.start);
    this.#draw();
  }

  /** Selects a region, shows it and moves the keyboard there. */
  jump(start: number, end: number): void {
    this.area.focus({ preventScroll: true });
    this.area.setSelectionRange(start, end);
    const line = this.text.slice(0, start).split("\n").length - 1;
    const height = parseFloat(getComputedStyle(this.area).lineHeight);
    this.area.scrollTop = Math.max(0, line * height - this.area.clientHeight / 2);
    this.area.scrollIntoView({ block: "nearest" });
  }

  /** Replaces regions, the last one first so that the others stay where they are. */
  replace(edits: { start: number; end: number; text: string }[]): void {
    for (const { start, end, text } of [...edits].sort((a, b) => b.start - a.start)) {
      this.area.setRangeText(text, start, end, "end");
    }
    this.area.dispatchEvent(new InputEvent("input"));
  }

  #draw(): void {
    const text = this.text;
    const pieces: Node[] = [];
    let at = 0;
    for (const { start, end, severity } of this.#marks) {
      if (start < at || end > text.length) continue;
      const mark = document.createElement("mark");
      mark.dataset["severity"] = severity;
      // A region without width still has to be seen.
      mark.textContent = text.slice(start, end) || "\u200b";
      pieces.push(new Text(text.slice(at, start)), mark);
      at = end;
    }
    // The final line feed gives the last line its height.
    pieces.push(new Text(`${text.slice(at)}\n`));
    this.#backdrop.replaceChildren(...pieces);
    const lines = text.split("\n").length;
    if (lines !== this.#lines) {
      this.#lines = lines;
      this.#gutter.textContent = Array.from({ length: lines }, (_, index) => index + 1).join("\n");
    }
    this.#scroll();
  }

  #scroll(): void {
    this.#gutter.scrollTop = this.area.scrollTop;
    this.#backdrop.scrollTop = this.area.scrollTop;
    this.#backdrop.scrollLeft = this.area.scrollLeft;
  }
}
