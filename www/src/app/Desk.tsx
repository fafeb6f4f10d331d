// One document on the desk: loaded, changed, checked, saved.

import type { CheckAnswer, Edit, Finding, Span } from "@setpoint/core";
import { explain } from "@setpoint/core";
import { useCallback, useEffect, useRef, useState } from "react";

import { counted } from "../counted";
import type { Chosen } from "./App";
import { type Comparison, type Gate, Problem, type Seen, type SignedIn } from "./api";
import { draftOf, forget, keep } from "./draft";
import { Findings, Prose } from "./Findings";
import { Text, type TextHandle } from "./Text";
import { Validator } from "./validator";

/** Between two looks at whether another policy decides. */
const LOOK_MS = 30_000;

interface Props {
  gate: Gate;
  who: SignedIn;
  chosen: Chosen;
}

export function Desk({ gate, who, chosen: { family, key } }: Props) {
  const [loaded, setLoaded] = useState<Seen>();
  const [version, setVersion] = useState<number>();
  const [text, setText] = useState("");
  const [answer, setAnswer] = useState<CheckAnswer>();
  const [refused, setRefused] = useState<Finding[]>();
  const [conflict, setConflict] = useState<Comparison>();
  const [note, setNote] = useState<{ kind: "trouble" | "done"; text: string }>();
  const [page, setPage] = useState<{ code: string; text: string }>();
  const [isSaving, setSaving] = useState(false);
  const editor = useRef<TextHandle>(null);
  const validator = useRef<Validator>(null);
  const dialog = useRef<HTMLDialogElement>(null);
  const isChanged = loaded !== undefined && text !== loaded.text;

  const trouble = useCallback((error: unknown) => {
    setNote({ kind: "trouble", text: error instanceof Error ? error.message : String(error) });
  }, []);

  const load = useCallback(
    async (wanted?: number) => {
      try {
        const seen = await gate.read(family.name, key, wanted);
        const bundle = await gate.bundle(seen.bundle);
        validator.current ??= new Validator(bundle, { answer: setAnswer, trouble });
        validator.current.use(bundle);
        const draft = draftOf(family.name, key);
        const isFresh = draft?.version === seen.version;
        setLoaded(isFresh ? { ...seen, etag: draft.etag } : seen);
        setVersion(seen.version);
        setText(isFresh ? draft.text : seen.text);
        setRefused(undefined);
        setConflict(undefined);
        if (isFresh) setNote({ kind: "done", text: "What you had typed is here again; it is not saved yet." });
      } catch (error) {
        trouble(error);
      }
    },
    [gate, family, key, trouble],
  );

  useEffect(() => {
    void load();
    return () => {
      validator.current?.end();
      validator.current = null;
    };
  }, [load]);

  useEffect(() => {
    if (!loaded) return;
    const { format } = loaded;
    const before = { file: key, text: loaded.text, format };
    validator.current?.check({ file: key, settings: family.name, version: loaded.version, format, before }, text);
    if (text === loaded.text) forget(family.name, key);
    else keep(family.name, key, { text, etag: loaded.etag, version: loaded.version });
  }, [loaded, text, family, key]);

  // Another policy may decide while a document lies here: what was typed stays, and is checked by the new one.
  const policy = loaded?.bundle;
  useEffect(() => {
    if (policy === undefined) return;
    const look = async () => {
      const digest = await gate.currentBundle().catch(() => policy);
      if (digest === policy) return;
      const bundle = await gate.bundle(digest).catch(() => undefined);
      if (bundle === undefined) return;
      validator.current?.use(bundle);
      setLoaded((loaded) => loaded && { ...loaded, bundle: digest });
      setNote({ kind: "done", text: "The policy has changed; what you have typed is checked by the new one." });
    };
    const timer = setInterval(look, LOOK_MS);
    addEventListener("focus", look);
    return () => {
      clearInterval(timer);
      removeEventListener("focus", look);
    };
  }, [gate, policy]);

  useEffect(() => {
    if (!isChanged) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [isChanged]);

  const save = async () => {
    if (!loaded || isSaving) return;
    setSaving(true);
    setNote(undefined);
    try {
      const { format, version, etag } = loaded;
      await gate.write(family.name, key, { text, format, version, etag });
      forget(family.name, key);
      await load(version);
      setNote({ kind: "done", text: "Saved." });
    } catch (error) {
      if (error instanceof Problem && error.comparison) setConflict(error.comparison);
      else if (error instanceof Problem && error.status === 422) setRefused(error.findings);
      trouble(error);
    } finally {
      setSaving(false);
    }
  };

  if (!loaded) return <section className="desk">{note ? <p className="trouble" role="alert">{note.text}</p> : <p role="status">Loading…</p>}</section>;

  const findings = refused ?? answer?.findings ?? [];
  const mayWrite = who.role !== "reader";
  const verdict = answer?.verdict ?? "pass";
  const jump = ({ utf16_start = 0, utf16_end = 0 }: Span) => editor.current?.jump(utf16_start, utf16_end);
  const fix = (edits: Edit[]) =>
    editor.current?.replace(edits.map(({ utf16_start = 0, utf16_end = 0, text }) => ({ start: utf16_start, end: utf16_end, text })));
  const show = async (code: string) => {
    setPage({ code, text: (await explain(code).catch(() => undefined)) ?? "The page could not be fetched." });
    dialog.current?.showModal();
  };
  return (
    <section className="desk" aria-label={key}>
      <div className="bar">
        <h2>{key}</h2>
        <label>
          Version{" "}
          <select value={version} disabled={isChanged} onChange={(event) => load(Number(event.target.value))}>
            {family.versions.map((version) => (
              <option key={version} value={version}>
                {version === loaded.stored ? `${version} (stored)` : version}
              </option>
            ))}
          </select>
        </label>
        <p className="verdict" data-verdict={verdict} role="status">
          {findings.length === 0 ? "Nothing is wrong" : `${verdict} · ${counted(findings)}`}
        </p>
        <button type="button" disabled={!isChanged} onClick={() => setText(loaded.text)}>
          Discard
        </button>
        <button type="button" className="main" disabled={!mayWrite || !isChanged || verdict !== "pass" || isSaving} onClick={save}>
          Save
        </button>
      </div>
      {note && (
        <p className={note.kind} role={note.kind === "trouble" ? "alert" : "status"}>
          <Prose text={note.text} />
        </p>
      )}
      {conflict && <Conflict {...{ conflict }} onTake={(text) => { setLoaded({ ...loaded, text: conflict.theirs, etag: conflict.etag }); setText(text); setConflict(undefined); setNote(undefined); }} />}
      <Text
        ref={editor}
        label={`Text of ${key}`}
        format={loaded.format}
        isReadOnly={!mayWrite}
        {...{ text, findings }}
        onChange={(text) => {
          setRefused(undefined);
          setText(text);
        }}
      />
      <Findings {...{ findings }} onJump={jump} onFix={fix} onExplain={show} />
      <dialog ref={dialog} aria-labelledby="page-heading" onClose={() => setPage(undefined)}>
        <h2 id="page-heading">{page?.code}</h2>
        <pre>{page?.text}</pre>
        <form method="dialog">
          <button>Close</button>
        </form>
      </dialog>
    </section>
  );
}

/** What two people have made of the document, and a way on. */
function Conflict({ conflict, onTake }: { conflict: Comparison; onTake(text: string): void }) {
  const { theirs, changes } = conflict;
  const list = (places: string[]) => (places.length === 0 ? "nothing" : places.map((place) => place || "the document").join(", "));
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
      {changes.merged !== undefined && (
        <button type="button" onClick={() => onTake(changes.merged!)}>
          {changes.conflicts.length === 0 ? "Put both together" : "Put both together, mine where they meet"}
        </button>
      )}
      <button type="button" onClick={() => onTake(theirs)}>
        Take theirs
      </button>
    </div>
  );
}
