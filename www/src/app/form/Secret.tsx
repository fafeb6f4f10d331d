// A secret in a form: it can be set and replaced, and is never shown.

import type { FieldProps } from "@rjsf/utils";
import { ariaDescribedByIds } from "@rjsf/utils";
import { useEffect, useRef, useState } from "react";

/** What a person types, as the schema wants it. */
function valueOf(text: string, type: unknown): unknown {
  if (text === "") return undefined;
  const isNumber = type === "integer" || type === "number";
  return isNumber && Number.isFinite(Number(text)) ? Number(text) : text;
}

export function Secret({ schema, fieldPathId, formData, disabled, readonly, onChange }: FieldProps) {
  // What has been typed here, and what was there before.
  const [typed, setTyped] = useState("");
  const before = useRef<{ value: unknown }>(undefined);
  const own = useRef<unknown>(undefined);
  useEffect(() => {
    // Taken back or saved elsewhere: what was typed is not what is there.
    if (before.current === undefined || Object.is(formData, own.current)) return;
    before.current = undefined;
    setTyped("");
  }, [formData]);
  const isSet = formData !== undefined && formData !== null && formData !== "";
  if (typeof formData === "object" && formData !== null) {
    return <p className="quiet">A secret with parts: it is set. It can be replaced in the text.</p>;
  }
  return (
    <input
      id={fieldPathId.$id}
      type="password"
      autoComplete="new-password"
      aria-describedby={ariaDescribedByIds(fieldPathId)}
      placeholder={isSet ? "set; type to replace it" : "not set"}
      value={typed}
      disabled={disabled ?? false}
      readOnly={readonly ?? false}
      onChange={({ target: { value } }) => {
        before.current ??= { value: formData };
        // Nothing typed is no wish to remove what was there.
        own.current = value === "" ? before.current.value : valueOf(value, schema.type);
        if (value === "") before.current = undefined;
        setTyped(value);
        onChange(own.current, fieldPathId.path);
      }}
    />
  );
}
