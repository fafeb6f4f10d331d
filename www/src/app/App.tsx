// The settings editor: who signs in chooses a document, changes it, sees what the gate would say, and saves through it.

import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";

import { type Family, Gate, Problem, type SignedIn } from "./api";
import { Documents } from "./Documents";
import { SignIn } from "./SignIn";

/** What is needed once somebody has signed in comes then. */
const desk = () => import("./Desk");
const Desk = lazy(desk);
const Migrations = lazy(() => import("./Migrations"));

/** What the page is about. */
const PLACES = ["Documents", "Migrations"] as const;

/** What is open. */
export interface Chosen {
  family: Family;
  key: string;
}

/** The gate is where the page came from, unless the page says otherwise. */
const gate = new Gate(document.querySelector<HTMLMetaElement>('meta[name="setpoint-gate"]')?.content ?? "");

export function App() {
  const [who, setWho] = useState<SignedIn>();
  const [isKnown, setKnown] = useState(false);
  const [hasEnded, setEnded] = useState(false);
  const [families, setFamilies] = useState<Family[]>([]);
  const [place, setPlace] = useState<(typeof PLACES)[number]>("Documents");
  const [chosen, setChosen] = useState<Chosen>();
  const [trouble, setTrouble] = useState<string>();

  useEffect(() => {
    gate
      .whoAmI()
      .then(setWho, (problem: Problem) => setTrouble(problem.message))
      .finally(() => setKnown(true));
  }, []);

  // What is open stays open, and what was typed is kept, for whoever signs in again.
  useEffect(() => {
    gate.onEnded = () => {
      setWho(undefined);
      setEnded(true);
    };
  }, []);

  /** The policy that the families are of. */
  const policy = useRef<string>(undefined);
  const look = useCallback((digest?: string) => {
    if (digest !== undefined && digest === policy.current) return;
    gate.families().then(
      ({ bundle, settings }) => {
        policy.current = bundle;
        // The same families are the same list, so that nothing is done again for them.
        setFamilies((known) => (JSON.stringify(known) === JSON.stringify(settings) ? known : settings));
        setTrouble(undefined);
      },
      (problem: Problem) => setTrouble(problem.message),
    );
  }, []);
  useEffect(() => {
    if (!who) return;
    setEnded(false);
    void desk();
    look();
  }, [who, look]);

  if (!isKnown) return <p className="quiet" role="status">Looking whether you are signed in…</p>;
  if (!who) return <SignIn {...{ gate, hasEnded }} onSignedIn={setWho} />;

  const signOut = async () => {
    try {
      await gate.signOut();
    } catch (problem) {
      // The session goes on, and nobody is to believe otherwise.
      setTrouble(`You are still signed in: ${problem instanceof Error ? problem.message : String(problem)}`);
      return;
    }
    setTrouble(undefined);
    setChosen(undefined);
    setWho(undefined);
    setEnded(false);
  };
  return (
    <>
      <header>
        <h1>Setpoint</h1>
        <nav aria-label="Places" className="views">
          {PLACES.map((name) => (
            <button key={name} type="button" aria-current={place === name ? "page" : undefined} onClick={() => setPlace(name)}>
              {name}
            </button>
          ))}
        </nav>
        <p>
          {who.name} · {who.role}
        </p>
        <button type="button" onClick={signOut}>
          Sign out
        </button>
      </header>
      {trouble !== undefined && (
        <p className="trouble" role="alert">
          {trouble}
        </p>
      )}
      <main className="shop" hidden={place !== "Documents"}>
        <Documents {...{ gate, families, chosen }} onChoose={setChosen} />
        {chosen ? (
          <Suspense fallback={<section className="desk"><p role="status">Loading…</p></section>}>
            <Desk
              key={`${chosen.family.name}\n${chosen.key}`}
              {...{ gate, who }}
              chosen={{ ...chosen, family: families.find(({ name }) => name === chosen.family.name) ?? chosen.family }}
              onPolicy={look}
            />
          </Suspense>
        ) : (
          <section className="empty" aria-label="No document">
            <p className="title">No document is open</p>
            <p>Choose one on the left. What you change is checked while you type, and saved through the gate.</p>
          </section>
        )}
      </main>
      {place === "Migrations" && (
        <main className="shop">
          <Suspense fallback={<p className="quiet" role="status">Loading…</p>}>
            <Migrations {...{ gate, who, families }} />
          </Suspense>
        </main>
      )}
    </>
  );
}
