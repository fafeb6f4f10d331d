// Bundles for one family, for pages and tests that have a schema but no project folder.

import { SetpointError } from "./error.js";

/** See `bundleOf` in index.d.ts. */
export function bundleOf(options) {
  const { settings = "settings", schema, file = "schema.json", version = 1, shared, ...rest } = options ?? {};
  if (typeof schema !== "string") {
    throw new SetpointError("call", `\`schema\` is ${typeof schema}; expected the text of a schema; the same call fails again`);
  }
  const { format, others = [], owner, rules, secrets, versionAt, ...unknown } = rest;
  const [surplus] = Object.keys(unknown);
  if (surplus !== undefined) {
    const known = "settings, schema, file, version, others, shared, rules, format, owner, secrets, versionAt";
    throw new SetpointError("call", `the bundle options have a member \`${surplus}\`; expected only ${known}; the same call fails again`);
  }
  const schemas = [{ version, schema, file }, ...others].map(({ version, schema, file }) => [String(version), { file, text: schema }]);
  const twice = schemas.find(([version], index) => schemas.findIndex(([other]) => other === version) < index);
  if (twice !== undefined) {
    throw new SetpointError("call", `version ${twice[0]} has two schemas; expected one schema for each version; the same call fails again`);
  }
  // INVARIANT: members stand in the order of RFC 8785 (by UTF-16 code units), so that the text is canonical and the
  // digest is the one that `setpoint bundle` prints. Members that are undefined do not appear.
  const family = written([
    ["format", format],
    ["owner", owner],
    ["rules", rules?.map(({ file, text }) => ({ file, text }))],
    ["schemas", written(schemas.sort(([one], [other]) => (one < other ? -1 : 1)))],
    ["secrets", secrets],
    ["shared", shared?.map(({ file, text }) => ({ file, text }))],
    ["version_at", versionAt],
  ]);
  return String(written([["bundle", 1], ["settings", written([[settings, family]])]]));
}

/** The JSON text of an object with its members in the order given: JavaScript would put numbers first. */
class Written extends String {}

function written(members) {
  const present = members.filter(([, value]) => value !== undefined);
  const texts = present.map(([name, value]) => `${JSON.stringify(name)}:${value instanceof Written ? value : JSON.stringify(value)}`);
  return new Written(`{${texts.join(",")}}`);
}
