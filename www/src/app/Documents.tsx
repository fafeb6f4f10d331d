// Families and their documents: a list that is searched as one types, and grows on request.

import { useEffect, useId, useState } from "react";

import type { Chosen } from "./App";
import { type Family, type Gate, type Listed, Problem } from "./api";

/** After the last key, before the gate is asked. */
const PAUSE_MS = 150;

interface Props {
  gate: Gate;
  families: Family[];
  chosen: Chosen | undefined;
  onChoose(chosen: Chosen): void;
}

export function Documents({ gate, families, chosen, onChoose }: Props) {
  const [name, setName] = useState<string>();
  const [search, setSearch] = useState("");
  const [list, setList] = useState<{ documents: Listed[]; next?: string }>();
  const [trouble, setTrouble] = useState<string>();
  const [familyId, searchId] = [useId(), useId()];
  const family = families.find((family) => family.name === name) ?? families[0];

  useEffect(() => {
    if (!family) return;
    let isStale = false;
    const timer = setTimeout(() => {
      gate.documents(family.name, search).then(
        (list) => {
          if (isStale) return;
          setList(list);
          setTrouble(undefined);
        },
        (problem: Problem) => !isStale && setTrouble(problem.message),
      );
    }, PAUSE_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [gate, family, search]);

  const more = async () => {
    if (!family || list?.next === undefined) return;
    try {
      const page = await gate.documents(family.name, search, list.next);
      // Another search has its own list.
      setList((now) => (now === list ? { ...page, documents: [...list.documents, ...page.documents] } : now));
    } catch (problem) {
      setTrouble(problem instanceof Error ? problem.message : String(problem));
    }
  };
  return (
    <nav className="pane" aria-label="Documents">
      <div className="bar">
        <label htmlFor={familyId}>Settings</label>
        <select id={familyId} value={family?.name} onChange={(event) => setName(event.target.value)}>
          {families.map((family) => (
            <option key={family.name}>{family.name}</option>
          ))}
        </select>
      </div>
      <div className="bar">
        <label htmlFor={searchId}>Search</label>
        <input id={searchId} type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
      </div>
      {trouble !== undefined && (
        <p className="trouble" role="alert">
          {trouble}
        </p>
      )}
      {list?.documents.length === 0 && <p className="quiet">{search === "" ? "There are no documents yet." : "No key contains that."}</p>}
      <ul className="keys">
        {family &&
          list?.documents.map(({ key, version }) => (
            <li key={key}>
              <button
                type="button"
                aria-current={chosen?.family.name === family.name && chosen.key === key}
                onClick={() => onChoose({ family, key })}
              >
                <span>{key}</span> <span className="quiet">{version === null ? "no version" : `version ${version}`}</span>
              </button>
            </li>
          ))}
      </ul>
      {list?.next !== undefined && (
        <button type="button" onClick={more}>
          More
        </button>
      )}
    </nav>
  );
}
