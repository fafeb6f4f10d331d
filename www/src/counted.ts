// How many findings there are of each kind, in words.

import type { Finding } from "@setpoint/core";

export function counted(findings: Finding[]): string {
  const counts = (["error", "undecided", "warning", "debt"] as const).map((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    const noun = severity === "undecided" || severity === "debt" || count === 1 ? severity : `${severity}s`;
    return count === 0 ? [] : [`${count} ${noun}`];
  });
  return counts.flat().join(", ");
}
