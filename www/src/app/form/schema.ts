// The schema of a family as one value, as forms want it: what other files say is part of it.

import type { RJSFSchema } from "@rjsf/utils";
import type { Policy } from "@setpoint/core";

import type { BundleFamily, BundleFile } from "../bundle";
import { tokens } from "./validator";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Keywords whose members are schemas by names of their own. */
const NAMED = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);
/** Keywords that hold values. */
const VALUES = new Set(["enum", "const", "default", "examples"]);

function token(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** An alternative with a name: that of the member which tells it from the others, if it has none. */
function named(branch: Json): Json {
  if (typeof branch !== "object" || branch === null || Array.isArray(branch) || "title" in branch) return branch;
  const properties = Object.entries((branch["properties"] ?? {}) as Record<string, Json>);
  const told = properties.find(([, schema]) => typeof schema === "object" && schema !== null && "const" in schema);
  return told === undefined ? branch : { title: `${told[0]} ${String((told[1] as Record<string, Json>)["const"])}`, ...branch };
}

function isMembers(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a new item is until somebody says: a field that begins empty. Without it an item would be `null`, which TOML does not have. */
function blank(items: { [key: string]: Json }): Json | undefined {
  if ("default" in items) return undefined;
  if ("const" in items) return items["const"];
  const [first] = Array.isArray(items["enum"]) ? items["enum"] : [];
  if (first !== undefined) return first;
  const types = [items["type"]].flat();
  if (types.includes("string")) return "";
  if (types.includes("boolean")) return false;
  if (types.includes("integer") || types.includes("number")) {
    const least = items["minimum"];
    return typeof least === "number" && least > 0 ? Math.ceil(least) : 0;
  }
  return undefined;
}

/** The limits of draft 4, where `exclusiveMinimum` says of `minimum` whether it is one, as all later drafts write them. */
function withoutDraft4(schema: { [key: string]: Json }): { [key: string]: Json } {
  const made = { ...schema };
  for (const [limit, exclusive] of [
    ["minimum", "exclusiveMinimum"],
    ["maximum", "exclusiveMaximum"],
  ] as const) {
    const [said, value] = [made[exclusive], made[limit]];
    if (typeof said !== "boolean") continue;
    delete made[exclusive];
    if (!said || value === undefined) continue;
    delete made[limit];
    made[exclusive] = value;
  }
  return made;
}

/** The schema of a version. Files that it refers to stand under `$defs`, each by its name. */
export function schemaOf(policy: Policy, name: string, family: BundleFamily, version: number): RJSFSchema {
  const main = family.schemas[version];
  if (main === undefined) throw new Error(`version ${version} has no schema`);
  const files = [...Object.values(family.schemas), ...(family.shared ?? [])];
  const defs: Record<string, Json> = {};

  const read = ({ file, text }: BundleFile): Json => {
    const { value } = policy.value({ file, settings: name, format: /\.ya?ml$/i.test(file) ? "yaml" : "json" }, text);
    if (value === undefined) throw new Error(`the schema ${file} cannot be read`);
    return JSON.parse(value) as Json;
  };
  const idOf = (schema: Json) => (typeof schema === "object" && schema !== null && !Array.isArray(schema) && typeof schema["$id"] === "string" ? schema["$id"] : undefined);

  /** The file that a reference of another file leads to. */
  const target = (address: string, from: string): BundleFile | undefined => {
    const path = new URL(address, `file:///${from}`).pathname.slice(1);
    return files.find(({ file }) => file === decodeURI(path)) ?? files.find((file) => file.text.includes(address) && idOf(read(file)) === address);
  };

  /** What a reference of a file stands for. */
  const pointed = (ref: string, from: string): Json | undefined => {
    const [address = "", fragment = ""] = ref.split("#");
    const found = address === "" ? files.find(({ file }) => file === from) : target(address, from);
    return found && tokens(decodeURIComponent(fragment)).reduce<Json | undefined>((value, key) => (isMembers(value) ? value[key] : undefined), read(found));
  };

  /** A schema of `file` whose own references begin at `root`. */
  const within = (schema: Json, file: string, root: string): Json => {
    if (Array.isArray(schema)) return schema.map((item) => within(item, file, root));
    if (typeof schema !== "object" || schema === null) return schema;
    const made: Record<string, Json> = {};
    for (const [key, value] of Object.entries(withoutDraft4(schema))) {
      if (VALUES.has(key)) made[key] = value;
      else if (NAMED.has(key) && typeof value === "object" && value !== null && !Array.isArray(value)) {
        made[key] = Object.fromEntries(Object.entries(value).map(([name, below]) => [name, within(below, file, root)]));
      } else if (key === "$ref" && typeof value === "string") made[key] = reference(value, file, root);
      else if ((key === "oneOf" || key === "anyOf") && Array.isArray(value)) made[key] = value.map((branch) => named(within(branch, file, root)));
      // What RJSF calls a list of items.
      else if (key === "prefixItems" && Array.isArray(value)) made["items"] = within(value, file, root);
      else if (key === "items" && "prefixItems" in schema) made["additionalItems"] = within(value, file, root);
      // Below the root a schema has no address of its own here.
      else if (key !== "$id" && key !== "$schema") made[key] = within(value, file, root);
    }
    const [items, said] = [made["items"], schema["items"]];
    if (isMembers(items) && isMembers(said)) {
      const meant = typeof said["$ref"] === "string" ? pointed(said["$ref"], file) : said;
      const value = isMembers(meant) ? blank(meant) : undefined;
      if (value !== undefined) made["items"] = { ...items, default: value };
    }
    return made;
  };
  const reference = (ref: string, file: string, root: string): string => {
    const [address = "", fragment = ""] = ref.split("#");
    if (address === "") return `#${root}${fragment}`;
    const found = target(address, file);
    if (found === undefined) throw new Error(`${file} refers to ${address}, which is not part of the project`);
    const place = found.file === main.file ? "" : `/$defs/${token(found.file)}`;
    if (place !== "" && !(found.file in defs)) {
      // Before it is made: it may refer to itself.
      defs[found.file] = {};
      defs[found.file] = within(read(found), found.file, place);
    }
    return `#${place}${fragment}`;
  };

  const schema = within(read(main), main.file, "");
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return {};
  const own = schema["$defs"];
  return { ...schema, $defs: { ...(typeof own === "object" ? own : {}), ...defs } } as RJSFSchema;
}
