// Drafts: what was typed and not saved, kept in the browser for each document until it is saved or given up.

/** What was typed, and what it was typed over. */
export interface Draft {
  text: string;
  etag: string;
  version: number;
}

function name(family: string, key: string): string {
  return `setpoint-draft:${family}:${key}`;
}

/** The draft of a document. */
export function draftOf(family: string, key: string): Draft | undefined {
  try {
    const kept = sessionStorage.getItem(name(family, key)) ?? localStorage.getItem(name(family, key));
    return kept === null ? undefined : (JSON.parse(kept) as Draft);
  } catch {
    return undefined;
  }
}

/**
 * Keeps a draft; for as long as the tab is open when there may be secrets in it. Where the browser keeps nothing, the page still works.
 */
export function keep(family: string, key: string, draft: Draft, maybeSecret: boolean): void {
  try {
    (maybeSecret ? sessionStorage : localStorage).setItem(name(family, key), JSON.stringify(draft));
  } catch {
    // Full, or forbidden.
  }
}

export function forget(family: string, key: string): void {
  for (const storage of [localStorage, sessionStorage]) storage.removeItem(name(family, key));
}
