// What differs between two states of a document, place by place.

import type { Format, Policy } from "@setpoint/core";
import { useEffect, useState } from "react";

import { policyOf } from "./core";
import { exactly } from "./exactly";

/** Differences that are shown before one asks for more. */
const FIRST = 50;

interface Difference {
  at: string;
  before: string | undefined;
  after: string | undefined;
}

/** Two states of a document at one version. */
export interface States {
  family: string;
  file: string;
  version: number;
  /** The version of `before`, where it is another one. */
  from?: number;
  format: Format;
  before: string;
  after: string;
}

/** The places that differ. Secrets are not shown. */
async function differences(policy: Policy, { family, file, version, from = version, format, before, after }: States): Promise<Difference[]> {
  const { yours } = await policy.merge({ file, settings: family, format, base: before, theirs: before, yours: after });
  const value = (version: number, text: string) => policy.value({ file, settings: family, version, format }, text);
  const [was, is] = [value(from, before), value(version, after)];
  const secrets = new Set([...was.secrets, ...is.secrets]);
  const isSecret = (at: string) => [...secrets].some((secret) => at === secret || at.startsWith(`${secret}/`));
  const holdsSecret = (at: string) => [...secrets].some((secret) => secret.startsWith(`${at}/`));
  const [old, now] = [was, is].map(({ value }) => (value === undefined ? undefined : exactly(value)));
  const show = (exact: typeof old, at: string) => {
    const text = exact?.at(at);
    if (text === undefined) return undefined;
    return isSecret(at) ? "••••" : holdsSecret(at) ? "… with secrets in it" : text;
  };
  return yours.map((at) => ({ at, before: show(old, at), after: show(now, at) }));
}

export function Differences({ bundle, states, caption }: { bundle: string; states: States; caption: string }) {
  const [found, setFound] = useState<Difference[] | string>();
  const [most, setMost] = useState(FIRST);
  const { family, file, version, from, format, before, after } = states;

  useEffect(() => {
    let isStale = false;
    policyOf(bundle)
      .then((policy) => differences(policy, { family, file, version, ...(from === undefined ? {} : { from }), format, before, after }))
      .then(
        (found) => !isStale && setFound(found),
        (error: Error) => !isStale && setFound(error.message),
      );
    return () => {
      isStale = true;
    };
  }, [bundle, family, file, version, from, format, before, after]);

  if (found === undefined) return <p className="quiet" role="status">Comparing…</p>;
  if (typeof found === "string") return <p className="trouble" role="alert">{found}</p>;
  if (found.length === 0) {
    return <p className="quiet">{before === after ? "Nothing changes." : "Only comments and layout change."}</p>;
  }
  return (
    <>
      <table className="differences">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Place</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {found.slice(0, most).map(({ at, before, after }) => (
            <tr key={at} data-at={at}>
              <th scope="row">{at === "" ? "the document" : at}</th>
              <td>{before === undefined ? <span className="quiet">absent</span> : <pre>{before}</pre>}</td>
              <td>{after === undefined ? <span className="quiet">absent</span> : <pre>{after}</pre>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {found.length > most && (
        <button type="button" onClick={() => setMost(found.length)}>
          {`Show ${found.length - most} more`}
        </button>
      )}
    </>
  );
}
