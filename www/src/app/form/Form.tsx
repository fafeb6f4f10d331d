// The document as a form. The text is the document; the form shows its value, and writes what is changed into the text, place by place.

// Not through its index, which wants a test helper of its own.
import RjsfForm from "@rjsf/core/lib/components/Form.js";
import type { RJSFSchema } from "@rjsf/utils";
import { type Edit, edit, type Finding, type Format, initComparing, type Policy } from "@setpoint/core";
import { Component, type ReactNode, type Ref, useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";

import { type BundleFamily, familiesOf } from "../bundle";
import { policyOf } from "../core";
import { exactly } from "../exactly";
import { patchBetween } from "../patch";
import { type Fields, FieldsContext } from "./fields";
import { schemaOf } from "./schema";
import { SchemaField, TEMPLATES } from "./templates";
import { CoreValidator } from "./validator";

/** Bytes of a document above which its form would have more fields than anybody reads, and would be slow. */
const MOST = 100_000;

/** What others can do with the form. */
export interface FormHandle {
  /** Moves the keyboard to the field of a value; false when it has none. */
  jump(at: string): boolean;
  /** Writes what waits until one leaves its field; false when nothing does. */
  settle(): boolean;
}

interface Props {
  ref: Ref<FormHandle>;
  bundle: string;
  family: string;
  version: number;
  file: string;
  format: Format;
  text: string;
  findings: Finding[];
  isReadOnly: boolean;
  onChange(text: string): void;
  onFix(edits: Edit[]): void;
  onExplain(code: string): void;
  onTrouble(error: unknown): void;
}

/** What is needed to show a form. */
interface Ready {
  version: number;
  policy: Policy;
  family: BundleFamily;
  schema: RJSFSchema;
}

/** The value of a document. */
interface Shown {
  /** The text that it is the value of. */
  text: string;
  value: unknown;
  secrets: Set<string>;
  inexact: Map<string, string>;
}

const FIELDS = { SchemaField };
const NO_DEFAULTS = {
  // What nobody has written is not part of the document.
  emptyObjectFields: "skipDefaults",
  arrayMinItems: { populate: "never" },
  constAsDefaults: "never",
  allOf: "skipDefaults",
} as const;

export default function Form(props: Props) {
  const { bundle, family: name, version, text, onTrouble } = props;
  const [ready, setReady] = useState<Ready>();
  const [reason, setReason] = useState<string>();

  useEffect(() => {
    let isStale = false;
    Promise.all([policyOf(bundle), initComparing()])
      .then(([policy]) => {
        if (isStale) return;
        const family = familiesOf(bundle)[name];
        if (family === undefined) throw new Error(`the policy has no settings ${name}`);
        setReady({ version, policy, family, schema: schemaOf(policy, name, family, version) });
        setReason(undefined);
      })
      .catch((error: Error) => !isStale && setReason(error.message));
    return () => {
      isStale = true;
    };
  }, [bundle, name, version]);

  if (text.length > MOST) return <Instead reason={`the document has more than ${MOST / 1000} kB`} />;
  if (reason !== undefined) return <Instead reason={reason} />;
  if (ready?.version !== version) return <p role="status" className="quiet">Making the form…</p>;
  return (
    <Guard key={`${version}`} onTrouble={onTrouble}>
      <Filled {...props} ready={ready} />
    </Guard>
  );
}

/** What stands where no form can. */
function Instead({ reason }: { reason: string }) {
  return (
    <div className="empty">
      <p className="title">This document has no form</p>
      <p>{reason}. The text has everything.</p>
    </div>
  );
}

/** A schema that RJSF cannot show does no harm to the rest of the page. */
class Guard extends Component<{ children: ReactNode; onTrouble(error: unknown): void }, { reason?: string }> {
  override state: { reason?: string } = {};

  static getDerivedStateFromError(error: Error) {
    return { reason: error.message };
  }

  override render() {
    return this.state.reason === undefined ? this.props.children : <Instead reason={this.state.reason} />;
  }
}

function Filled({ ref, ready, family: name, version, file, format, text, findings, isReadOnly, onChange, onFix, onExplain, onTrouble }: Props & { ready: Ready }) {
  const { policy, schema, family } = ready;
  const validator = useMemo(() => new CoreValidator(), []);
  useEffect(() => () => validator.reset(), [validator]);
  const root = useRef<HTMLDivElement>(null);

  const read = (text: string): Shown | undefined => {
    const answer = policy.value({ file, settings: name, version, format }, text);
    if (answer.value === undefined) return undefined;
    const exact = answer.inexact.length > 0 ? exactly(answer.value) : undefined;
    const inexact = answer.inexact.map((at): [string, string] => [at, exact?.at(at) ?? ""]);
    return { text, value: JSON.parse(answer.value), secrets: new Set(answer.secrets), inexact: new Map(inexact) };
  };
  const [shown, setShown] = useState(() => read(text));
  // The newest text and its value. What the form has written is the text of the page at once, and not to be read from it again.
  const state = useRef({ text, value: shown?.value, asked: 0, done: 0 });
  // A field that is empty while one types in it: what it stands for is gone only when one leaves it.
  const emptied = useRef<{ value: unknown }>(undefined);
  useEffect(() => {
    if (text === state.current.text) return;
    const now = read(text);
    // What was on its way was based on another text.
    state.current = { text, value: now?.value, asked: 0, done: 0 };
    emptied.current = undefined;
    setShown(now);
  }, [text]);

  const fields = useMemo<Fields>(() => {
    const at = new Map<string, Finding[]>();
    for (const finding of findings) at.set(finding.instance, [...(at.get(finding.instance) ?? []), finding]);
    return { findings: at, secrets: shown?.secrets ?? new Set(), inexact: shown?.inexact ?? new Map(), patterns: family.secrets ?? [], onFix, onExplain };
  }, [findings, shown, family]);

  const change = async (value: unknown, hasLeft = false) => {
    const { current } = state;
    const { text, value: was } = current;
    const patch = patchBetween(was, value);
    setShown((shown) => shown && { ...shown, value });
    emptied.current = undefined;
    if (patch.length === 0) return;
    const [only, ...others] = patch;
    if (!hasLeft && others.length === 0 && only?.op === "remove" && isTyping(root.current, only.path)) {
      emptied.current = { value };
      return;
    }
    const number = (current.asked += 1);
    try {
      const answer = await edit({ file, format, patch }, text);
      // A later one is based on the same text or on a newer one, and has all that this one has.
      if (state.current !== current || number < current.done || answer.text === undefined) return;
      Object.assign(current, { text: answer.text, value, done: number });
      // Places may be others now.
      const now = read(answer.text);
      setShown((shown) => shown && { ...shown, secrets: now?.secrets ?? shown.secrets, inexact: now?.inexact ?? shown.inexact });
      onChange(answer.text);
    } catch (error) {
      onTrouble(error);
    }
  };

  const settle = (): boolean => {
    if (emptied.current === undefined) return false;
    void change(emptied.current.value, true);
    return true;
  };

  useImperativeHandle(ref, () => ({
    jump(at) {
      const field = root.current?.querySelector<HTMLElement>(`[data-at="${CSS.escape(at)}"]`);
      const input = field?.querySelector<HTMLElement>("input, select, textarea, button");
      input?.focus();
      return input != null;
    },
    settle,
  }));

  if (shown === undefined) return <Instead reason="the text cannot be read as it is; the findings say why" />;
  return (
    <FieldsContext value={fields}>
      <div ref={root} className="form" onBlur={settle}>
        <RjsfForm
          tagName="div"
          idPrefix="form"
          schema={schema}
          formData={shown.value}
          validator={validator}
          templates={TEMPLATES}
          fields={FIELDS}
          disabled={isReadOnly}
          noValidate
          showErrorList={false}
          useFallbackUiForUnsupportedType
          experimental_defaultFormStateBehavior={NO_DEFAULTS}
          onChange={({ formData }) => void change(formData)}
        />
      </div>
    </FieldsContext>
  );
}

/** Whether the keyboard is in the field of a place. */
function isTyping(root: HTMLElement | null, at: string): boolean {
  const active = document.activeElement;
  return active instanceof HTMLInputElement && active.type !== "checkbox" && root?.contains(active) === true && active.closest<HTMLElement>("[data-at]")?.dataset["at"] === at;
}
