// The core on the page itself, for what a form or a comparison asks at once. It comes when it is first needed; what is typed is checked
// by the one in the Worker.

import { init, Policy } from "@setpoint/core";

let loaded: { bundle: string; policy: Policy } | undefined;

/** The policy of a bundle. The one before is gone then. */
export async function policyOf(bundle: string): Promise<Policy> {
  await init();
  if (loaded?.bundle !== bundle) {
    const policy = new Policy(bundle);
    loaded?.policy.free();
    loaded = { bundle, policy };
  }
  return loaded.policy;
}
