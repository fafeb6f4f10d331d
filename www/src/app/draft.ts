// Drafts: what was typed and not saved, kept in the browser for each document until it is saved or given up.

/** What was typed, and what it was typed over. */
export interface Draft {
  text: string;
  etag: string;
  version: number;
}

/** Whose draft it is, and of what. */
export interface Owner {
  who: string;
  family: string;
  key: string;
}

function name({ who, family, key }: Owner): string {
  return `setpoint-draft:${family}:${who}:${key}`;
}

/** The draft of a document. */
export function draftOf(owner: Owner): Draft | undefined {
  try {
    const kept = sessionStorage.getItem(name(owner)) ?? localStorage.getItem(name(owner));
    return kept === null ? undefined : (JSON.parse(kept) as Draft);
  } catch {
    return undefined;
  }
}

/**
 * Keeps a draft; for as long as the tab is open when there may be secrets in it. Where the browser keeps nothing, the page still works.
 */
export function keep(owner: Owner, draft: Draft, maybeSecret: boolean): void {
  try {
    forget(owner);
    (maybeSecret ? sessionStorage : localStorage).setItem(name(owner), JSON.stringify(draft));
  } catch {
    // Full, or forbidden.
  }
}

export function forget(owner: Owner): void {
  for (const storage of [localStorage, sessionStorage]) storage.removeItem(name(owner));
}
