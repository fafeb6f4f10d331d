// What the parts of a form know of the document: findings, secrets, and numbers that JavaScript does not hold.

import type { Edit, Finding } from "@setpoint/core";
import { createContext, useContext } from "react";

import { below } from "../patch";
import { tokens } from "./validator";

export interface Fields {
  /** By the place of the value. */
  findings: Map<string, Finding[]>;
  /** Places of secrets that are there. */
  secrets: Set<string>;
  /** Pointers, `*` for any key or index, whose values are secrets. */
  patterns: string[];
  /** Numbers that JavaScript does not hold, as they are written. */
  inexact: Map<string, string>;
  onFix(edits: Edit[]): void;
  onExplain(code: string): void;
}

export const FieldsContext = createContext<Fields | undefined>(undefined);

export function useFields(): Fields {
  const fields = useContext(FieldsContext);
  if (fields === undefined) throw new Error("a field stands outside of its form");
  return fields;
}

/** The pointer to a field, from its path. */
export function pointerOf(path: (string | number)[]): string {
  return path.reduce<string>(below, "");
}

/** Whether a configured pattern names a place, or one around it. */
export function isCovered(patterns: string[], at: string): boolean {
  const place = tokens(at);
  return patterns.some((pattern) => {
    const wanted = tokens(pattern);
    return wanted.length <= place.length && wanted.every((token, index) => token === "*" || token === place[index]);
  });
}
