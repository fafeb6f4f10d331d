// The migrations of the project: their steps, what they make of any document, the verdict of the gate, and where the live documents stand.

import type { GateAnswer } from "@setpoint/core";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";

import { type Family, type Gate, type Listed, type Migration, Problem, type Seen, type SignedIn, type Status } from "./api";
import { familiesOf } from "./bundle";
import { Differences } from "./Differences";
import { Findings, Prose } from "./Findings";
import { Masked } from "./Masked";
import { Page, type PageHandle } from "./Page";

/** Between two looks at a run. */
const LOOK_MS = 2_000;

interface Props {
  gate: Gate;
  who: SignedIn;
  families: Family[];
}

export default function Migrations({ gate, who, families }: Props) {
  const [all, setAll] = useState<Migration[]>();
  const [chosen, setChosen] = useState<Migration>();
  const [trouble, setTrouble] = useState<string>();

  useEffect(() => {
    gate.migrations().then(setAll, (problem: Problem) => setTrouble(problem.message));
  }, [gate]);

  const family = families.find(({ name }) => name === chosen?.settings);
  return (
    <>
      <nav className="pane" aria-label="Migrations">
        {trouble !== undefined && <p className="trouble" role="alert">{trouble}</p>}
        {all?.length === 0 && <p className="quiet">The project has no migrations.</p>}
        <ul className="keys">
          {all?.map((migration) => (
            <li key={`${migration.settings}\n${migration.id}`}>
              <button type="button" aria-current={migration === chosen} onClick={() => setChosen(migration)}>
                <span>{migration.id}</span> <span className="quiet">{migration.settings}</span>
              </button>
            </li>
          ))}
        </ul>
      </nav>
      {chosen && family ? (
        <One key={`${chosen.settings}\n${chosen.id}`} migration={chosen} {...{ gate, who, family }} />
      ) : (
        <section className="empty" aria-label="No migration">
          <p className="title">No migration is open</p>
          <p>Choose one on the left: what it does, to which documents, and how to take it back.</p>
        </section>
      )}
    </>
  );
}

function One({ gate, who, family, migration }: Omit<Props, "families"> & { family: Family; migration: Migration }) {
  const [bundle, setBundle] = useState<string>();
  const [trouble, setTrouble] = useState<string>();
  const { about, file, settings } = migration;

  useEffect(() => {
    gate
      .currentBundle()
      .then((digest) => gate.bundle(digest))
      .then(setBundle, (problem: Problem) => setTrouble(problem.message));
  }, [gate]);

  const text = bundle === undefined ? undefined : familiesOf(bundle)[settings]?.migrations?.find((known) => known.file === file)?.text;
  return (
    <section className="desk" aria-label={migration.id}>
      <div className="bar">
        <h2>{migration.id}</h2>
        {about && (
          <p>
            version {about.from} → {about.to}
          </p>
        )}
      </div>
      {trouble !== undefined && <p className="trouble" role="alert">{trouble}</p>}
      {about && (
        <dl className="about">
          <dt>owner</dt>
          <dd>{about.owner}</dd>
          <dt>expected</dt>
          <dd>{about.expected}</dd>
        </dl>
      )}
      <Part title="Where the documents stand">
        {who.role === "operator" ? <Standing {...{ gate, migration }} /> : <p className="quiet">Whoever has the role operator sees it.</p>}
      </Part>
      <Part title="Steps">{text === undefined ? <p className="quiet" role="status">Loading…</p> : <pre tabIndex={0}>{text}</pre>}</Part>
      <Part title="What the gate says">
        {who.role === "reader" ? <p className="quiet">Whoever has the role editor can ask.</p> : text !== undefined && <Verdict {...{ gate, migration, text }} />}
      </Part>
      {about && bundle !== undefined && (
        <Part title="Before and after, on any document">
          <Trial {...{ gate, family, bundle }} from={about.from} to={about.to} />
        </Part>
      )}
    </section>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className="part" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {children}
    </section>
  );
}

const PHASES: Record<Status["phase"], string> = {
  idle: "nothing was done yet",
  applying: "documents go up",
  "rolling-back": "documents go down",
  interrupted: "a run has died",
  paused: "paused",
  incomplete: "documents were in the way",
  applied: "applied",
  "rolled-back": "rolled back",
};

/** Where the live documents stand, as long as one looks. */
function Standing({ gate, migration }: { gate: Gate; migration: Migration }) {
  const [status, setStatus] = useState<Status>();
  const [trouble, setTrouble] = useState<string>();

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isStale = false;
    const look = async () => {
      try {
        const now = await gate.status(migration);
        if (isStale) return;
        setStatus(now);
        setTrouble(undefined);
      } catch (problem) {
        if (!isStale) setTrouble(problem instanceof Error ? problem.message : String(problem));
      }
      if (!isStale) timer = setTimeout(look, LOOK_MS);
    };
    void look();
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [gate, migration]);

  if (trouble !== undefined) return <p className="trouble" role="alert">{trouble}</p>;
  if (status === undefined) return <p className="quiet" role="status">Looking…</p>;
  const { phase, run, versions, readers_left_behind: behind, receipt, commands } = status;
  const isMoving = phase === "applying" || phase === "rolling-back";
  return (
    <>
      <p role="status">
        {PHASES[phase]}
        {isMoving && run && `: ${run.changed} of ${run.total}`}
      </p>
      {isMoving && run && <progress aria-label="Documents" max={run.total} value={run.changed} />}
      <dl className="about">
        <dt>store</dt>
        <dd>{status.store}</dd>
        {Object.entries(versions).map(([version, count]) => (
          <Row key={version} term={`version ${version}`}>{`${count} ${count === 1 ? "document" : "documents"}`}</Row>
        ))}
        {behind.map(({ reader, reads, documents }) => (
          <Row key={reader} term="left behind">{`${reader} reads ${reads.join(", ")} and cannot read ${documents} as stored`}</Row>
        ))}
        <Row term="rehearsed">{receipt ? `${receipt.rehearsed_at}, ${receipt.documents} documents` : "not yet"}</Row>
        {Object.entries(commands).map(([name, command]) => (
          <Row key={name} term={name}>
            <Command {...{ command }} />
          </Row>
        ))}
      </dl>
    </>
  );
}

function Row({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Command({ command }: { command: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(command);
    setCopied(true);
  };
  return (
    <>
      <code>{command}</code>{" "}
      <button type="button" aria-label={`Copy ${command}`} onClick={() => void copy()}>
        {isCopied ? "Copied" : "Copy"}
      </button>
    </>
  );
}

const NATURES = { exact: "knows its way back", complement: "keeps what the way back needs", lossy: "loses something" } as const;

function Verdict({ gate, migration, text }: { gate: Gate; migration: Migration; text: string }) {
  const [answer, setAnswer] = useState<GateAnswer>();
  const [trouble, setTrouble] = useState<string>();
  const page = useRef<PageHandle>(null);
  const { settings, file } = migration;

  useEffect(() => {
    let isStale = false;
    gate.verdict({ settings, migration: file, documents: [] }).then(
      (answer) => !isStale && setAnswer(answer),
      (problem: Problem) => !isStale && setTrouble(problem.message),
    );
    return () => {
      isStale = true;
    };
    // The text is that of the bundle; another one has another verdict.
  }, [gate, settings, file, text]);

  if (trouble !== undefined) return <p className="trouble" role="alert">{trouble}</p>;
  if (answer === undefined) return <p className="quiet" role="status">The gate tries it…</p>;
  const { report, steps = [], generated, written, losses = [] } = answer;
  return (
    <>
      <p className="verdict" data-verdict={report.verdict} role="status">
        {report.verdict}
      </p>
      <p className="quiet">{`${generated} made documents went up and down again, ${written} made ones of the new version down.`}</p>
      {steps.length > 0 && (
        <ul>
          {steps.map(({ step, name, nature, keeps }) => (
            <li key={step}>
              <code>{name}</code> {NATURES[nature]}
              {keeps !== undefined && `: ${keeps}`}
            </li>
          ))}
        </ul>
      )}
      {losses.length > 0 && (
        <p>
          {"Going back after new writes, what is kept for later: "}
          {losses.map(([at]) => at).join(", ")}
        </p>
      )}
      <Findings findings={report.findings} onExplain={(code) => page.current?.show(code)} />
      <Page ref={page} />
    </>
  );
}

/** A document as it is before a migration and after it. */
function Trial({ gate, family, bundle, from, to }: { gate: Gate; family: Family; bundle: string; from: number; to: number }) {
  const [key, setKey] = useState("");
  const [known, setKnown] = useState<Listed[]>([]);
  const [states, setStates] = useState<{ before: Seen; after: Seen }>();
  const [trouble, setTrouble] = useState<string>();
  const [keyId, listId] = [useId(), useId()];
  const hasChosen = useRef(false);

  useEffect(() => {
    let isStale = false;
    gate.documents(family.name, key).then(
      ({ documents }) => {
        if (isStale) return;
        setKnown(documents);
        // One that is there is shown at once.
        if (!hasChosen.current && documents[0]) setKey(documents[0].key);
        hasChosen.current = true;
      },
      (problem: Problem) => !isStale && setTrouble(problem.message),
    );
    return () => {
      isStale = true;
    };
  }, [gate, family, key]);

  const isKnown = known.some((document) => document.key === key);
  useEffect(() => {
    if (!isKnown) return;
    let isStale = false;
    Promise.all([gate.read(family.name, key, from), gate.read(family.name, key, to)]).then(
      ([before, after]) => {
        if (isStale) return;
        setStates({ before, after });
        setTrouble(undefined);
      },
      (problem: Problem) => {
        if (isStale) return;
        setStates(undefined);
        setTrouble(problem.message);
      },
    );
    return () => {
      isStale = true;
    };
  }, [gate, family, key, isKnown, from, to]);

  return (
    <>
      <p>
        <label htmlFor={keyId}>Document</label> <input id={keyId} list={listId} value={key} onChange={({ target }) => setKey(target.value)} />
        <datalist id={listId}>
          {known.map(({ key }) => (
            <option key={key} value={key} />
          ))}
        </datalist>
      </p>
      {trouble !== undefined && (
        <p className="trouble" role="alert">
          <Prose text={trouble} />
        </p>
      )}
      {states && isKnown && (
        <>
          <Differences
            {...{ bundle }}
            caption={`${key} at version ${from} and at version ${to}`}
            states={{ family: family.name, file: key, version: to, from, format: states.before.format, before: states.before.text, after: states.after.text }}
          />
          <div className="sides">
            <figure>
              <figcaption>Version {from}</figcaption>
              <Masked {...{ bundle }} family={family.name} file={key} version={from} format={states.before.format} text={states.before.text} />
            </figure>
            <figure>
              <figcaption>Version {to}</figcaption>
              <Masked {...{ bundle }} family={family.name} file={key} version={to} format={states.after.format} text={states.after.text} />
            </figure>
          </div>
        </>
      )}
    </>
  );
}
