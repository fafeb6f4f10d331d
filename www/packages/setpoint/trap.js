/** A trap or an exhausted stack leaves the memory of a module in an unknown state; other errors do not. */
export function isTrap(error) {
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError || error?.name === "InternalError";
}
