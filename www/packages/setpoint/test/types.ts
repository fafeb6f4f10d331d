// Compiled, never run: what the types promise, and what they refuse.

import { bundleOf, init, Policy, SetpointError, type Finding, type Report, type Verdict } from "@setpoint/core";

export async function use(): Promise<Verdict> {
  await init();
  using policy = new Policy(bundleOf({ schema: "{}", settings: "billing" }));
  const report: Report = policy.check({ file: "eu.yaml", format: "yaml" }, new Uint8Array());
  const value: string | undefined = report.findings[0]?.expected.value;
  const offset: number | undefined = report.findings[0]?.span?.utf16_start;
  const digest: string = policy.digest;
  console.log(value, offset, digest);
  // @ts-expect-error the format does not exist
  policy.check({ file: "eu.xml", format: "xml" }, "");
  // @ts-expect-error the file is missing
  policy.check({}, "");
  // @ts-expect-error a digest cannot be set
  policy.digest = "";
  // @ts-expect-error a schema is text
  bundleOf({ schema: {} });
  const { any } = await policy.compare({ old: { settings: "billing", version: 1 }, new: { settings: "billing" } });
  const witness: string | undefined = any?.backward.evidence[0]?.witness;
  console.log(witness);
  // @ts-expect-error there is no such reading
  await policy.compare({ old: { settings: "billing" }, new: { settings: "billing" }, reading: "closed" });
  return report.verdict;
}

export function kindOf(error: unknown): string | undefined {
  if (!(error instanceof SetpointError)) return undefined;
  // @ts-expect-error there is no such kind
  if (error.kind === "network") return undefined;
  return error.kind;
}

export const advice = (finding: Finding): "edit" | "wait" | "other" => {
  switch (finding.retry.when) {
    case "after-edit":
      return "edit";
    case "after-delay":
      return "wait";
    default:
      return "other";
  }
};
