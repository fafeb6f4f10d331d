// What two people have made of a document, and a way on.

import type { Format } from "@setpoint/core";

import type { Comparison } from "./api";
import { Differences } from "./Differences";

interface Props {
  bundle: string;
  document: { family: string; file: string; version: number; format: Format; text: string };
  conflict: Comparison;
  onTake(text: string): void;
}

export function Conflict({ bundle, document, conflict, onTake }: Props) {
  const { base, theirs, changes } = conflict;
  const { text, ...rest } = document;
  const list = (places: string[]) => (places.length === 0 ? "nothing" : places.map((place) => place || "the document").join(", "));
  const { merged } = changes;
  return (
    <div className="conflict" role="alert">
      <p className="title">Somebody else has saved this document meanwhile</p>
      <dl>
        <dt>they changed</dt>
        <dd>{list(changes.theirs)}</dd>
        <dt>you changed</dt>
        <dd>{list(changes.yours)}</dd>
        <dt>both changed</dt>
        <dd>{list(changes.conflicts)}</dd>
      </dl>
      {base !== undefined && (
        <details>
          <summary>Who wrote what</summary>
          <Differences {...{ bundle }} caption="What they changed" states={{ ...rest, before: base, after: theirs }} />
          <Differences {...{ bundle }} caption="What you changed" states={{ ...rest, before: base, after: text }} />
        </details>
      )}
      {merged !== undefined && (
        <button type="button" onClick={() => onTake(merged)}>
          {changes.conflicts.length === 0 ? "Put both together" : "Put both together, mine where they meet"}
        </button>
      )}
      <button type="button" onClick={() => onTake(theirs)}>
        Take theirs
      </button>
    </div>
  );
}
