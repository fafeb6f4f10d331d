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
