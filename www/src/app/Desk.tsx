// One document on the desk: loaded, changed as text or as a form, checked, looked at, saved. The text is the document; the form is a view
// of it.

import type { CheckCall, Edit, Finding } from "@setpoint/core";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";

import { counted } from "../counted";
import type { Chosen } from "./App";
import { type Comparison, type Gate, Problem, type Seen, type SignedIn } from "./api";
import { familiesOf, mayHoldSecrets } from "./bundle";
import { Conflict } from "./Conflict";
import { draftOf, forget, keep } from "./draft";
import { Findings, Prose } from "./Findings";
import type { Checked } from "./engine";
import type { FormHandle } from "./form/Form";
import { Page, type PageHandle } from "./Page";
import { Review, type ReviewHandle } from "./Review";
import { Text, type TextHandle } from "./Text";
import { Validator } from "./validator";

/** Forms come with what shows them, when the first one is asked for. */
const Form = lazy(() => import("./form/Form"));

/** Between two looks at whether another policy decides. */
const LOOK_MS = 30_000;
/** After the last change, before a draft is kept. */
const KEEP_MS = 300;

/** The same each time, so that nothing is done again for it. */
const NOTHING: never[] = [];

/** How the document is shown. */
type View = "text" | "form";

interface Props {
  gate: Gate;
  who: SignedIn;
  chosen: Chosen;
  /** Told which policy decides: with another one there may be other versions. */
  onPolicy(digest: string): void;
}

function isSecretive(policy: string, family: string): boolean {
  const about = familiesOf(policy)[family];
  return about === undefined || mayHoldSecrets(about);
}

/** What is loaded, with the text of the policy that decides. */
interface Loaded extends Seen {
  policy: string;
  /** Whether there may be secrets in it. */
  maybeSecret: boolean;
}

export default function Desk({ gate, who, chosen: { family, key }, onPolicy }: Props) {
  const [loaded, setLoaded] = useState<Loaded>();
  const [text, setText] = useState("");
  const [view, setView] = useState<View>("text");
  const [checked, setChecked] = useState<Checked>();
  const [refused, setRefused] = useState<Finding[]>();
  const [conflict, setConflict] = useState<Comparison>();
  const [note, setNote] = useState<{ kind: "trouble" | "done"; text: string }>();
  const [isBusy, setBusy] = useState(false);
  const editor = useRef<TextHandle>(null);
  const form = useRef<FormHandle>(null);
  const validator = useRef<Validator>(null);
  const page = useRef<PageHandle>(null);
  const review = useRef<ReviewHandle>(null);
  /** The text as it is, for what began with another one. */
  const newest = useRef(text);
  newest.current = text;
  /** Counts loads: only the last one is waited for. */
  const loads = useRef(0);
  /** The version that the text view has. */
  const shown = useRef<number>(undefined);
  /** Keeps what was typed a moment ago. */
  const unkept = useRef<() => void>(undefined);
  const isChanged = loaded !== undefined && text !== loaded.text;

  const trouble = useCallback((error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    const seconds = error instanceof Problem ? error.comeAgain : undefined;
    const advice = seconds === undefined ? "" : `. Nothing that you have typed is lost; try again in ${seconds} s.`;
    setNote({ kind: "trouble", text: text + advice });
  }, []);

  /** What did not come of the text view goes into it. */
  const put = useCallback((text: string) => {
    editor.current?.set(text);
    setText(text);
  }, []);

  const load = useCallback(
    async (wanted?: number) => {
      const number = (loads.current += 1);
      const began = newest.current;
      const isStale = () => loads.current !== number;
      try {
        const draft = draftOf({ who: who.name, family: family.name, key });
        // A draft is of a version, whatever is stored.
        const version = wanted ?? draft?.version;
        const seen = await gate.read(family.name, key, version).catch((error: unknown) => {
          if (wanted === undefined && version !== undefined && error instanceof Problem && error.status === 404) return gate.read(family.name, key);
          throw error;
        });
        const policy = await gate.bundle(seen.bundle);
        if (isStale()) return;
        validator.current ??= new Validator(policy, { answer: setChecked, trouble });
        validator.current.use(policy);
        // What was typed meanwhile was typed into what is there.
        if (newest.current !== began) return;
        const isFresh = draft?.version === seen.version;
        if (shown.current !== seen.version) setChecked(undefined);
        setLoaded({ ...seen, policy, maybeSecret: isSecretive(policy, family.name), etag: isFresh ? draft.etag : seen.etag });
        const now = isFresh ? draft.text : seen.text;
        // Another version gets another view, which begins with it.
        if (shown.current === seen.version) put(now);
        else setText(now);
        shown.current = seen.version;
        setRefused(undefined);
        setConflict(undefined);
        setNote(isFresh ? { kind: "done", text: "What you had typed is here again; it is not saved yet." } : undefined);
      } catch (error) {
        if (!isStale()) trouble(error);
      }
    },
    [gate, who, family.name, key, trouble, put],
  );

  useEffect(() => {
    void load();
    return () => {
      loads.current += 1;
      validator.current?.end();
      validator.current = null;
    };
  }, [load]);

  const call = useMemo<CheckCall | undefined>(() => {
    if (!loaded) return undefined;
    const { format, version } = loaded;
    return { file: key, settings: family.name, version, format, before: { file: key, text: loaded.text, format } };
  }, [loaded, family.name, key]);
  useEffect(() => {
    if (call) validator.current?.check(call, text);
  }, [call, text]);

  useEffect(() => {
    if (!loaded) return;
    const { version } = loaded;
    const owner = { who: who.name, family: family.name, key };
    if (text === loaded.text) {
      unkept.current = undefined;
      forget(owner);
      return;
    }
    const draft = () => {
      keep(owner, { text, etag: loaded.etag, version }, loaded.maybeSecret);
      unkept.current = undefined;
    };
    unkept.current = draft;
    const timer = setTimeout(draft, KEEP_MS);
    return () => clearTimeout(timer);
  }, [loaded, text, who, family.name, key]);

  // Whoever leaves at once leaves no less behind.
  useEffect(() => {
    const leave = () => unkept.current?.();
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      leave();
    };
  }, []);

  // Another policy may decide while a document lies here: what was typed stays, and is checked by the new one.
  const digest = loaded?.bundle;
  const heal = useCallback(async (): Promise<boolean> => {
    const now = await gate.currentBundle().catch(() => digest);
    if (now === undefined || now === digest) return false;
    const policy = await gate.bundle(now).catch(() => undefined);
    if (policy === undefined) return false;
    validator.current?.use(policy);
    setLoaded((loaded) => loaded && { ...loaded, bundle: now, policy, maybeSecret: isSecretive(policy, family.name) });
    setNote({ kind: "done", text: "The policy has changed; what you have typed is checked by the new one." });
    return true;
  }, [gate, digest, family.name]);
  useEffect(() => {
    if (digest !== undefined) onPolicy(digest);
  }, [digest, onPolicy]);
  useEffect(() => {
    if (digest === undefined) return;
    const timer = setInterval(heal, LOOK_MS);
    addEventListener("focus", heal);
    return () => {
      clearInterval(timer);
      removeEventListener("focus", heal);
    };
  }, [heal, digest]);

  useEffect(() => {
    if (!isChanged) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [isChanged]);

  if (!loaded) {
    return (
      <section className="desk">
        {note ? (
          <>
            <p className="trouble" role="alert">
              {note.text}
            </p>
            <button type="button" onClick={() => load()}>
              Try again
            </button>
          </>
        ) : (
          <p role="status">Loading…</p>
        )}
      </section>
    );
  }

  const { format, version, etag, policy, hasWindowsEnds } = loaded;
  const written = { text, format, version, etag, hasWindowsEnds };

  /** Whether the gate refuses what this page takes for right. What it says about the way to other versions it alone can say. */
  const disagrees = (findings: Finding[]) =>
    version === loaded.stored && verdict === "pass" && findings.some(({ code, severity }) => severity === "error" && !/^(conversion-|step-|no-way|not-in-format|version-differs)/.test(code));

  /** Asks the gate; what it refuses is shown. */
  const ask = async (asked: () => Promise<void>) => {
    if (isBusy) return;
    setBusy(true);
    setNote(undefined);
    try {
      await asked();
    } catch (error) {
      if (error instanceof Problem && error.comparison) setConflict(error.comparison);
      else if (error instanceof Problem && error.status === 422) {
        setRefused(error.findings);
        if (await heal()) return;
        if (disagrees(error.findings)) {
          setNote({ kind: "trouble", text: `This page and the gate disagree about this document, which is a bug of Setpoint: please report it. Both have the policy \`${loaded.bundle}\`.` });
          return;
        }
      }
      trouble(error);
    } finally {
      setBusy(false);
    }
  };
  const save = () =>
    ask(async () => {
      const etag = await gate.write(family.name, key, written);
      // What was typed meanwhile is based on it.
      setLoaded((now) => now && { ...now, text, etag });
      setNote({ kind: "done", text: "Saved." });
    });
  const look = () =>
    ask(async () => {
      const preview = await gate.preview(family.name, key, written);
      // What was typed meanwhile was not looked at.
      if (newest.current === text) review.current?.show(preview, policy);
    });

  const findings = refused ?? checked?.answer.findings ?? NOTHING;
  const masks = checked?.masks ?? NOTHING;
  const mayWrite = who.role !== "reader";
  // An answer about another text says nothing about this one.
  const isChecked = checked?.text === text;
  const verdict = checked?.answer.verdict ?? "undecided";
  const maySave = mayWrite && isChanged && isChecked && verdict === "pass" && !isBusy;
  const edited = (text: string) => {
    // The Worker need not wait until the page is drawn.
    if (call) validator.current?.check(call, text);
    setRefused(undefined);
    setConflict(undefined);
    setText(text);
  };
  const jump = ({ instance, span }: Finding) => {
    if (view === "form" && form.current?.jump(instance)) return;
    // The text can take the keyboard when it is drawn.
    flushSync(() => setView("text"));
    editor.current?.jump(span?.utf16_start ?? 0, span?.utf16_end ?? 0);
  };
  const fix = (edits: Edit[]) =>
    isChecked &&
    editor.current?.replace(edits.map(({ utf16_start = 0, utf16_end = 0, text }) => ({ start: utf16_start, end: utf16_end, text })));
  const explain = (code: string) => page.current?.show(code);
  const keys = (event: React.KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    // A dialog is not the document.
    if (event.target instanceof Element && event.target.closest("dialog")) return;
    const pressed = event.key.toLowerCase();
    const isUndo = pressed === "z" && !event.shiftKey;
    const isRedo = pressed === "y" || (pressed === "z" && event.shiftKey);
    if (pressed === "s") {
      event.preventDefault();
      // What is written only now is checked first.
      if (view === "form" && form.current?.settle()) return;
      if (maySave) void (event.shiftKey ? look() : save());
    } else if (view === "form" && (isUndo || isRedo)) {
      // One history for both views.
      event.preventDefault();
      if (isUndo) editor.current?.undo();
      else editor.current?.redo();
    }
  };
  return (
    <section className="desk" aria-label={key} onKeyDown={keys}>
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
        <div role="group" aria-label="View" className="views">
          {(["text", "form"] as const).map((name) => (
            <button key={name} type="button" aria-pressed={view === name} onClick={() => setView(name)}>
              {name === "text" ? "Text" : "Form"}
            </button>
          ))}
        </div>
        <p className="verdict" data-verdict={verdict} role="status">
          {checked === undefined ? "Checking…" : findings.length === 0 ? "Nothing is wrong" : `${verdict} · ${counted(findings)}`}
        </p>
        <div className="actions">
          <button type="button" disabled={!mayWrite} onClick={() => editor.current?.undo()} title="Ctrl+Z">
            Undo
          </button>
          <button type="button" disabled={!mayWrite} onClick={() => editor.current?.redo()} title="Ctrl+Y">
            Redo
          </button>
          <button type="button" disabled={!isChanged} onClick={() => put(loaded.text)}>
            Discard
          </button>
          <button type="button" disabled={!isChanged || isBusy} onClick={look} title="Ctrl+Shift+S">
            Review
          </button>
          <button type="button" className="main" disabled={!maySave} onClick={save} title="Ctrl+S">
            Save
          </button>
        </div>
      </div>
      {/* Its place is there without it too, so that nothing jumps. */}
      <div className="notes">
        {note && (
          <p className={note.kind} role={note.kind === "trouble" ? "alert" : "status"}>
            <Prose text={note.text} />
          </p>
        )}
      </div>
      {conflict && (
        <Conflict
          bundle={policy}
          document={{ family: family.name, file: key, version, format, text }}
          {...{ conflict }}
          onTake={(text) => {
            setLoaded({ ...loaded, text: conflict.theirs, etag: conflict.etag });
            put(text);
            setConflict(undefined);
            setNote(undefined);
          }}
        />
      )}
      <div hidden={view !== "text"}>
        {/* Another version is another text: what was done to this one cannot be undone in it. What may be a secret is shown once it is known
            what is one. */}
        {(checked !== undefined || !loaded.maybeSecret) && <Text key={version} ref={editor} label={`Text of ${key}`} isReadOnly={!mayWrite} {...{ text, format, findings, masks }} onChange={edited} />}
        <p className="quiet hint">Tab indents; Escape, then Tab, leaves the text.</p>
      </div>
      {view === "form" && (
        <Suspense fallback={<p role="status" className="quiet">Making the form…</p>}>
          <Form
            ref={form}
            bundle={policy}
            family={family.name}
            file={key}
            isReadOnly={!mayWrite}
            {...{ version, format, text, findings }}
            onChange={put}
            onFix={fix}
            onExplain={explain}
            onTrouble={trouble}
          />
        </Suspense>
      )}
      <Findings {...{ findings }} onJump={jump} onFix={fix} onExplain={explain} />
      <Page ref={page} />
      <Review ref={review} family={family.name} file={key} {...{ format, maySave }} onSave={save} />
    </section>
  );
}
