// What stands in a bundle, as `setpoint bundle` writes it.

/** A file of the project. */
export interface BundleFile {
  file: string;
  text: string;
}

/** A family of settings in a bundle. */
export interface BundleFamily {
  schemas: Record<string, BundleFile>;
  /** Schema files that others refer to. */
  shared?: BundleFile[];
  migrations?: BundleFile[];
  /** Pointers, `*` for any key or index, whose values are secrets. */
  secrets?: string[];
}

/** The families of a bundle. */
export function familiesOf(bundle: string): Record<string, BundleFamily> {
  return (JSON.parse(bundle) as { settings: Record<string, BundleFamily> }).settings;
}

/** Whether anything in a family may be a secret; the core decides which values are. */
export function mayHoldSecrets({ schemas, shared = [], secrets = [] }: BundleFamily): boolean {
  const files = [...Object.values(schemas), ...shared];
  return secrets.length > 0 || files.some(({ text }) => text.includes("writeOnly") || text.includes("password"));
}
