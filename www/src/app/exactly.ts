// JSON text whose numbers keep their digits, as far as the browser can: `JSON.rawJSON` (ECMAScript 2025). Elsewhere long numbers show what
// JavaScript makes of them.

import { tokens } from "./form/validator";

type Raw = { rawJSON?(text: string): unknown };

/** A value that is looked into by pointer. */
export interface Exact {
  /** The JSON text of what stands at a pointer; absent when nothing does. */
  at(pointer: string): string | undefined;
}

export function exactly(text: string): Exact {
  const { rawJSON } = JSON as Raw;
  const all: unknown = JSON.parse(text, (_, value: unknown, context?: { source?: string }) =>
    typeof value === "number" && rawJSON && context?.source !== undefined ? rawJSON(context.source) : value,
  );
  return {
    at(pointer) {
      let found: unknown = all;
      for (const token of tokens(pointer)) {
        if (typeof found !== "object" || found === null || !Object.hasOwn(found, token)) return undefined;
        found = (found as Record<string, unknown>)[token];
      }
      return JSON.stringify(found, undefined, 2);
    },
  };
}
