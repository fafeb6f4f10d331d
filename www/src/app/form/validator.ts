// The core as the validator of forms: what RJSF asks to tell which alternative of a schema a value is of.

import { type CustomValidator, ErrorSchemaBuilder, type ErrorTransformer, type RJSFSchema, type RJSFValidationError, type UiSchema, type ValidationData, type ValidatorType } from "@rjsf/utils";
import { bundleOf, type Finding, Policy } from "@setpoint/core";

/** Schemas that are kept ready; a form asks about the same few again and again. */
const MOST = 200;
/** What RJSF puts before references into the whole schema, and what the file with it is called here. */
const [PREFIX, ROOT] = ["__rjsf_rootSchema#", "root.json"];

export class CoreValidator implements ValidatorType {
  readonly #policies = new Map<string, Policy>();
  readonly #texts = new WeakMap<object, string>();

  isValid(schema: RJSFSchema, value: unknown, root: RJSFSchema): boolean {
    return this.#findings(schema, value, root).every(({ severity }) => severity !== "error");
  }

  rawValidation<Result>(schema: RJSFSchema, value?: unknown): { errors: Result[] } {
    return { errors: this.#findings(schema, value, schema) as Result[] };
  }

  validateFormData(
    value: unknown,
    schema: RJSFSchema,
    _custom?: CustomValidator,
    transform?: ErrorTransformer,
    ui?: UiSchema,
  ): ValidationData<unknown> {
    const errors = this.#findings(schema, value, schema).map(({ code, instance, message, expected }): RJSFValidationError => ({
      name: code,
      property: instance,
      message: `${message}; expected ${expected.text}`,
      stack: `${instance}: ${message}`,
    }));
    const shown = transform ? transform(errors, ui) : errors;
    const builder = new ErrorSchemaBuilder();
    for (const { property = "", message = "" } of shown) builder.addErrors(message, tokens(property));
    return { errors: shown, errorSchema: builder.ErrorSchema };
  }

  reset(): void {
    for (const policy of this.#policies.values()) policy.free();
    this.#policies.clear();
  }

  #findings(schema: RJSFSchema, value: unknown, root: RJSFSchema): Finding[] {
    const text = JSON.stringify(value ?? null);
    return this.#policy(this.#text(schema), this.#text(root)).check({ file: "value.json", format: "json" }, text).findings;
  }

  /** The text of a schema; the same object is the same schema. */
  #text(schema: RJSFSchema): string {
    if (typeof schema !== "object") return JSON.stringify(schema);
    let text = this.#texts.get(schema);
    if (text === undefined) {
      // Lists of items by their place are written as this draft does.
      text = JSON.stringify({ $schema: "https://json-schema.org/draft/2019-09/schema", ...schema }).replaceAll(`"${PREFIX}`, `"${ROOT}#`);
      this.#texts.set(schema, text);
    }
    return text;
  }

  #policy(schema: string, root: string): Policy {
    const key = `${schema}\n${root}`;
    let policy = this.#policies.get(key);
    if (policy === undefined) {
      // References within a part lead into the whole, which stands beside it.
      const part = schema === root ? schema : schema.replaceAll('"$ref":"#', `"$ref":"${ROOT}#`);
      policy = new Policy(bundleOf({ schema: part, shared: [{ file: ROOT, text: root }] }));
      const oldest = this.#policies.keys().next().value;
      if (this.#policies.size >= MOST && oldest !== undefined) {
        this.#policies.get(oldest)?.free();
        this.#policies.delete(oldest);
      }
      this.#policies.set(key, policy);
    }
    return policy;
  }
}

/** The keys and indexes of a JSON Pointer. */
export function tokens(pointer: string): string[] {
  return pointer.split("/").slice(1).map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}
