// The one error class of the package, so that callers can tell their own mistakes from ours.

/** See `SetpointError` in index.d.ts. */
export class SetpointError extends Error {
  /**
   * @param {"bundle" | "call" | "state" | "internal"} kind whose fault it is
   * @param {string} message what failed, what was expected, and whether a retry helps
   * @param {unknown} [cause] the error underneath
   */
  constructor(kind, message, cause) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "SetpointError";
    this.kind = kind;
  }
}

/** A trap or an exhausted stack leaves the memory of a module in an unknown state; other errors do not. */
export function isTrap(error) {
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError || error?.name === "InternalError";
}

/** The error for a trap after which the module was restarted. */
export function trapped(where, others, error) {
  return new SetpointError(
    "internal",
    `internal error ${where}: ${error.message}; expected an answer; the module was restarted and works for other ${others}, the same call fails again; please report it`,
    error,
  );
}
