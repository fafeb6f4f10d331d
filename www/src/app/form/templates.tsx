// How a form looks: RJSF's parts, in the words and the look of the editor, each with the findings at its value.

import getDefaultRegistry from "@rjsf/core/lib/getDefaultRegistry.js";
import {
  ADDITIONAL_PROPERTY_FLAG,
  type ArrayFieldTemplateProps,
  canExpand,
  descriptionId,
  errorId,
  type FieldProps,
  type FieldTemplateProps,
  type IconButtonProps,
  type MultiSchemaFieldTemplateProps,
  type ObjectFieldTemplateProps,
  type TemplatesType,
  type TitleFieldProps,
} from "@rjsf/utils";

import type { Finding } from "@setpoint/core";
import type { ComponentType } from "react";

import { Item } from "../Findings";
import { below } from "../patch";
import { isCovered, pointerOf, useFields } from "./fields";
import { Secret } from "./Secret";

const Standard = getDefaultRegistry().fields["SchemaField"] as ComponentType<FieldProps>;

/** Chooses the field for a value: a secret is never shown, and a number that JavaScript does not hold is not changed here. */
export function SchemaField(props: FieldProps) {
  const { schema, registry, fieldPathId, formData } = props;
  const { secrets, patterns, inexact } = useFields();
  const at = pointerOf(fieldPathId.path);
  const { writeOnly, format } = registry.schemaUtils.retrieveSchema(schema, formData);
  const isSecret = writeOnly === true || format === "password" || secrets.has(at) || isCovered(patterns, at);
  const digits = inexact.get(at);
  if (isSecret) return <Standard {...props} uiSchema={{ "ui:field": Secret, "ui:fieldReplacesAnyOrOneOf": true }} />;
  if (digits !== undefined) {
    const description = `It is ${digits}, which has more digits than a form can carry. Change it in the text.`;
    return <Standard {...props} uiSchema={{ "ui:readonly": true, "ui:description": description }} />;
  }
  return <Standard {...props} />;
}

function Field(props: FieldTemplateProps) {
  const { id, fieldPathId, label, required, hidden, displayLabel, rawDescription, children, schema, onKeyRenameBlur, onRemoveProperty, readonly, disabled, onChange, formData, uiSchema } = props;
  const { findings } = useFields();
  if (hidden) return <div hidden>{children}</div>;
  const at = pointerOf(fieldPathId.path);
  const here = findings.get(at) ?? [];
  const isAdditional = ADDITIONAL_PROPERTY_FLAG in schema;
  // A field of our own has no label by itself.
  const isSimple = displayLabel === true || uiSchema?.["ui:field"] === Secret;
  // What is there and need not be can be taken away, as a whole; an empty text is not the same as no text.
  const isRemovable = !isAdditional && isSimple && required !== true && formData !== undefined && !readonly && !disabled && typeof fieldPathId.path.at(-1) === "string";
  return (
    <div className="field" data-at={at} data-severity={here[0]?.severity}>
      {isAdditional && (
        <div className="key">
          <label htmlFor={`${id}-key`}>Key</label>
          <input key={label} id={`${id}-key`} defaultValue={label} onBlur={onKeyRenameBlur} disabled={disabled || readonly} />
          <button type="button" disabled={disabled || readonly} aria-label={`Remove ${label}`} onClick={onRemoveProperty}>
            Remove
          </button>
        </div>
      )}
      {isSimple && (
        <div className="name">
          <label htmlFor={id}>{label}</label>
          {required && <span className="quiet">required</span>}
          {isRemovable && (
            <button type="button" aria-label={`Remove ${label}`} onClick={() => onChange(undefined, fieldPathId.path)}>
              Remove
            </button>
          )}
        </div>
      )}
      {isSimple && rawDescription && (
        <p className="quiet" id={descriptionId(id)}>
          {rawDescription}
        </p>
      )}
      {children}
      <Here {...{ id }} findings={here} />
    </div>
  );
}

/** The findings at a place. */
function Here({ id, findings }: { id?: string; findings: Finding[] }) {
  const { onFix, onExplain } = useFields();
  if (findings.length === 0) return null;
  return (
    <ol className="list" id={id === undefined ? undefined : errorId(id)}>
      {findings.map((finding) => (
        <Item key={finding.fingerprint} isBrief {...{ finding, onFix, onExplain }} />
      ))}
    </ol>
  );
}

function Members({ fieldPathId, title, description, properties, schema, uiSchema, formData, onAddProperty, disabled, readonly, optionalDataControl }: ObjectFieldTemplateProps) {
  const { findings } = useFields();
  const at = pointerOf(fieldPathId.path);
  // Keys that the schema does not know have no field of their own.
  const shown = new Set(properties.map(({ name }) => below(at, name)));
  const others = [...findings].filter(([place]) => place.startsWith(`${at}/`) && place.lastIndexOf("/") === at.length && !shown.has(place));
  return (
    <fieldset id={fieldPathId.$id} className="members">
      {fieldPathId.path.length > 0 && title && <legend>{title}</legend>}
      {description && <p className="quiet">{description}</p>}
      {optionalDataControl}
      {properties.map(({ content }) => content)}
      <Here findings={others.flatMap(([, findings]) => findings)} />
      {canExpand(schema, uiSchema, formData) && (
        <button type="button" disabled={(disabled || readonly) ?? false} onClick={onAddProperty}>
          Add a key
        </button>
      )}
    </fieldset>
  );
}

function Items({ fieldPathId, title, items, canAdd, onAddClick, disabled, readonly, optionalDataControl }: ArrayFieldTemplateProps) {
  return (
    <fieldset id={fieldPathId.$id} className="members">
      {title && <legend>{title}</legend>}
      {optionalDataControl}
      {items}
      {canAdd && (
        <button type="button" disabled={(disabled || readonly) ?? false} onClick={onAddClick}>
          Add an item
        </button>
      )}
    </fieldset>
  );
}

function Alternatives({ selector, optionSchemaField }: MultiSchemaFieldTemplateProps) {
  return (
    <>
      <label className="name">
        Alternative {selector}
      </label>
      {optionSchemaField}
    </>
  );
}

function Title({ id, title, optionalDataControl }: TitleFieldProps) {
  return (
    <div id={id} className="name">
      {title} {optionalDataControl}
    </div>
  );
}

/** A button of RJSF, with words instead of a picture. */
function button(words: string) {
  return function Button({ id, onClick, disabled }: IconButtonProps) {
    return (
      <button type="button" id={id} disabled={disabled ?? false} onClick={onClick}>
        {words}
      </button>
    );
  };
}

const { ButtonTemplates } = getDefaultRegistry().templates;

export const TEMPLATES: Partial<TemplatesType> = {
  FieldTemplate: Field,
  ObjectFieldTemplate: Members,
  ArrayFieldTemplate: Items,
  MultiSchemaFieldTemplate: Alternatives,
  TitleFieldTemplate: Title,
  ArrayFieldTitleTemplate: () => null,
  ArrayFieldDescriptionTemplate: () => null,
  ButtonTemplates: {
    ...ButtonTemplates,
    SubmitButton: () => null,
    AddButton: button("Add"),
    CopyButton: button("Copy"),
    MoveUpButton: button("Up"),
    MoveDownButton: button("Down"),
    RemoveButton: button("Remove"),
    ClearButton: button("Clear"),
  },
};
