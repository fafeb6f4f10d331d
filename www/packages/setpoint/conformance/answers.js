// The protocol of the conformance suite, free of any host: one request object in, one answer text out.
//
//   {"bundle": "…", "call": {…}, "text_base64": "…"}                  what `policy.check` answers
//   {"operation": "load", "bundle": "…"}                              what loading found
//   {"operation": "lines", "bundle": …, "call": …, "text_base64": …}  counted from line 1
//   {"operation": "gate", "bundle": "…", "call": {…}}
//   {"operation": "convert", "bundle": …, "call": …, "text_base64": …}
//   {"operation": "merge", "bundle": "…", "call": {…}}
//   {"operation": "compare", "bundle": "…", "call": {…}}
//   {"operation": "explain", "code": "…"}                             the page, or null
//
// A request without a bundle is about the one of the request before it.
// The answer is the JSON text that the native core writes. A call that throws is answered by `{"error": "…"}`.

/** Policies that are kept: a suite asks many things about one bundle, then never again. */
const KEPT = 16;

function bytesOf(base64) {
  return Uint8Array.from(atob(base64 ?? ""), (character) => character.charCodeAt(0));
}

/** Makes the function that answers requests with the `Policy` and the `explain` of the host. */
export function answersBy({ Policy, explain }) {
  const policies = new Map();
  let current;

  function policyOf(bundle) {
    let policy = policies.get(bundle);
    if (policy === undefined) {
      policy = new Policy(bundle);
      policies.set(bundle, policy);
      for (const [oldest, stale] of policies) {
        if (policies.size <= KEPT) break;
        policies.delete(oldest);
        stale.free();
      }
    }
    return policy;
  }

  const operations = {
    load: ({ bundle }) => policyOf(bundle).loadText(),
    check: ({ bundle, call, text_base64 }) => policyOf(bundle).checkText(call, bytesOf(text_base64)),
    lines: ({ bundle, call, text_base64 }) => policyOf(bundle).checkLinesText(call, 1, bytesOf(text_base64)),
    gate: ({ bundle, call }) => policyOf(bundle).gateText(call),
    convert: ({ bundle, call, text_base64 }) => policyOf(bundle).convertText(call, bytesOf(text_base64)),
    merge: ({ bundle, call }) => policyOf(bundle).mergeText(call),
    compare: ({ bundle, call }) => policyOf(bundle).compareText(call),
    explain: async ({ code }) => JSON.stringify((await explain(code)) ?? null),
  };

  return async function answer(request) {
    try {
      const operation = operations[request.operation ?? "check"];
      if (operation === undefined) throw new Error(`there is no operation \`${request.operation}\`; expected load, check, lines, gate, convert, merge, compare or explain`);
      current = request.bundle ?? current;
      return await operation({ ...request, bundle: current });
    } catch (error) {
      return JSON.stringify({ error: error.message });
    }
  };
}
