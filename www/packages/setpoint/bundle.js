// Bundles for one family, for pages and tests that have a schema but no project folder.

import { SetpointError } from "./error.js";

/** See `bundleOf` in index.d.ts. */
export function bundleOf(options) {
  const { settings = "settings", schema, file = "schema.json", version = 1, shared, ...rest } = options ?? {};
  if (typeof schema !== "string") {
    throw new SetpointError("call", `\`schema\` is ${typeof schema}; expected the text of a schema; the same call fails again`);
  }
  const { format, owner, secrets, versionAt, ...unknown } = rest;
  const [surplus] = Object.keys(unknown);
  if (surplus !== undefined) {
    const known = "settings, schema, file, version, shared, format, owner, secrets, versionAt";
    throw new SetpointError("call", `the bundle options have a member \`${surplus}\`; expected only ${known}; the same call fails again`);
  }
  // INVARIANT: members stand in the order of RFC 8785 (by UTF-16 code units), so that the text is canonical and the
  // digest is the one that `setpoint bundle` prints. Members that are undefined do not appear.
  const family = {
    format,
    owner,
    schemas: { [version]: { file, text: schema } },
    secrets,
    shared: shared?.map(({ file, text }) => ({ file, text })),
    version_at: versionAt,
  };
  return JSON.stringify({ bundle: 1, settings: { [settings]: family } });
}
