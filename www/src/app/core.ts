// The core on the page itself, for what a form or a comparison asks at once. It comes when it is first needed; what is typed is checked
// by the one in the Worker.

import { init, Policy } from "@setpoint/core";

/** Policies that are kept: the one of a document, and a newer one that a migration is looked at with. */
const MOST = 2;

const loaded = new Map<string, Policy>();

/** The policy of a bundle. */
export async function policyOf(bundle: string): Promise<Policy> {
  await init();
  const policy = loaded.get(bundle) ?? new Policy(bundle);
  // The one that was used last is the last.
  loaded.delete(bundle);
  loaded.set(bundle, policy);
  for (const [oldest, unused] of loaded) {
    if (loaded.size <= MOST) break;
    loaded.delete(oldest);
    unused.free();
  }
  return policy;
}
