// Regions of a text that are not shown.

export interface Mask {
  start: number;
  end: number;
}

/** What stands in the place of a secret. */
export const DOTS = "••••••";

/** A text without its secrets, where it is shown as it is. */
export function withoutSecrets(text: string, masks: Mask[]): string {
  let [shown, at] = ["", 0];
  for (const { start, end } of masks) {
    shown += text.slice(at, Math.max(at, start)) + DOTS;
    at = Math.max(at, end);
  }
  return shown + text.slice(at);
}
