// The gate, as the page asks it. Failures are `Problem`s, of the form that the gate gives them (RFC 9457).

import type { Finding, Format, GateAnswer, GateCall, Report } from "@setpoint/core";

/** Who has signed in. */
export interface SignedIn {
  name: string;
  role: "reader" | "editor" | "operator";
}

/** A family of settings. */
export interface Family {
  name: string;
  versions: number[];
  /** The version that new documents get. */
  current: number;
  readers: Record<string, number[]>;
}

/** A document in a list. */
export interface Listed {
  key: string;
  version: number | null;
}

/** A document as a version has it. */
export interface Seen {
  text: string;
  format: Format;
  version: number;
  /** The version that is stored. */
  stored: number;
  etag: string;
  bundle: string;
  /** Whether its lines end as those of Windows do; `text` has plain ends in any case. */
  hasWindowsEnds: boolean;
}

/** A document as it is to be, and what it was based on. */
export interface Written {
  text: string;
  format: Format;
  version: number;
  etag: string;
  hasWindowsEnds: boolean;
}

/** The three states of a document that was changed by two. */
export interface Comparison {
  version: number;
  base?: string;
  theirs: string;
  etag: string;
  changes: { theirs: string[]; yours: string[]; conflicts: string[]; merged?: string; report: Report };
}

/** What a change would do, for everybody who reads the document. */
export interface Preview {
  /** The version of what was sent. */
  version: number;
  /** The version that is stored. */
  stored: number;
  report: Report;
  views: { version: number; readers: string[]; before?: string; after: string }[];
}

/** Where the documents of a family stand. */
export interface Status {
  store: string;
  phase: "idle" | "applying" | "rolling-back" | "interrupted" | "paused" | "incomplete" | "applied" | "rolled-back";
  versions: Record<string, number>;
  without_version: number;
  readers_left_behind: { reader: string; reads: number[]; documents: number }[];
  run?: { migration: string; from: number; to: number; changed: number; total: number };
  receipt?: { file: string; migration: string; rehearsed_at: string; documents: number };
  commands: Partial<Record<"apply" | "pause" | "resume" | "rollback", string>>;
}

/** A migration of the project. */
export interface Migration {
  id: string;
  settings: string;
  file: string;
  about?: { migration: string; from: number; to: number; owner: string; expected: string };
}

/** A text with the line ends that pages have; what they were stands beside the document. */
function withPlainEnds(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}

/** Why a request was not done. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    detail: string,
    readonly findings: Finding[],
    readonly comparison: Comparison | undefined,
    /** Seconds after which to try again. */
    readonly retryAfter: number | undefined,
  ) {
    super(detail);
    this.name = "Problem";
  }

  /** Seconds after which the gate may do the same request, if it was not begun: there was too much to do. */
  get comeAgain(): number | undefined {
    const isUnbegun = this.findings.some(({ code }) => code === "overloaded" || code === "too-many-requests");
    return isUnbegun ? this.retryAfter : undefined;
  }
}

const MEDIA_TYPES: Record<Format, string> = {
  json: "application/json",
  jsonc: "application/jsonc",
  yaml: "application/yaml",
  toml: "application/toml",
};

function formatOf(mediaType: string): Format {
  const essence = mediaType.split(";")[0]?.trim();
  const found = (Object.keys(MEDIA_TYPES) as Format[]).find((format) => MEDIA_TYPES[format] === essence);
  return found ?? "json";
}

/** Where the proof of the session is kept, out of reach of other origins: its cookie is that of all tabs, and so is this. */
const PROOF = "setpoint-csrf";
/** Where the token is kept, for as long as the tab is open, by a page of another origin than the gate's: no cookie comes with its requests. */
const TOKEN = "setpoint-token";

/** The longest that the page waits before it asks once more by itself. */
const LONGEST_WAIT_S = 5;

/** The gate at an address; at the one of the page when it is empty. */
export class Gate {
  /** Told when somebody who had signed in is not known any more. */
  onEnded: () => void = () => undefined;

  constructor(readonly base: string) {}

  /** Whether the page comes from somewhere else. */
  get #isElsewhere(): boolean {
    return this.base !== "" && new URL(this.base, location.href).origin !== location.origin;
  }

  /** Begins a session for whoever has a token; a page of another origin shows the token each time. */
  async signIn(token: string): Promise<SignedIn> {
    const authorization = `Bearer ${token}`;
    if (this.#isElsewhere) {
      const who = (await (await this.#send("GET", "/v1/session", { authorization })).json()) as SignedIn;
      sessionStorage.setItem(TOKEN, token);
      return who;
    }
    const response = await this.#send("POST", "/v1/session", { authorization });
    const { csrf, ...who } = (await response.json()) as SignedIn & { csrf: string };
    localStorage.setItem(PROOF, csrf);
    return who;
  }

  /** Who has signed in already; nobody when the session has ended, or cannot change anything any more. */
  async whoAmI(): Promise<SignedIn | undefined> {
    if ((this.#isElsewhere ? sessionStorage.getItem(TOKEN) : localStorage.getItem(PROOF)) === null) return undefined;
    try {
      return (await (await this.#send("GET", "/v1/session")).json()) as SignedIn;
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return undefined;
      throw error;
    }
  }

  async signOut(): Promise<void> {
    if (this.#isElsewhere) {
      sessionStorage.removeItem(TOKEN);
      return;
    }
    await this.#send("DELETE", "/v1/session");
    localStorage.removeItem(PROOF);
  }

  async families(): Promise<{ bundle: string; settings: Family[] }> {
    return (await this.#send("GET", "/v1/settings")).json();
  }

  /** The digest of the bundle that decides now. */
  async currentBundle(): Promise<string> {
    return ((await (await this.#send("GET", "/v1/bundle")).json()) as { bundle: string }).bundle;
  }

  /** The text of a bundle, which never changes. */
  async bundle(digest: string): Promise<string> {
    return (await this.#send("GET", `/v1/bundles/${encodeURIComponent(digest)}`)).text();
  }

  async documents(family: string, search: string, after?: string): Promise<{ documents: Listed[]; next?: string }> {
    const query = new URLSearchParams({ search, ...(after === undefined ? {} : { after }) });
    return (await this.#send("GET", `/v1/settings/${encodeURIComponent(family)}/documents?${query}`)).json();
  }

  async read(family: string, key: string, version?: number): Promise<Seen> {
    const response = await this.#send("GET", this.#at(family, key, "", version));
    const header = (name: string) => response.headers.get(name) ?? "";
    const text = await response.text();
    return {
      text: withPlainEnds(text),
      hasWindowsEnds: text.includes("\r\n") && !/[^\r]\n/.test(text),
      format: formatOf(header("content-type")),
      version: Number(header("setpoint-version")),
      stored: Number(header("setpoint-stored-version")),
      etag: header("etag"),
      bundle: header("setpoint-bundle"),
    };
  }

  /** Changes a document; gives its new tag. */
  async write(family: string, key: string, written: Written): Promise<string> {
    const { format, version, etag } = written;
    const headers = { "content-type": MEDIA_TYPES[format], "if-match": etag };
    const response = await this.#send("PUT", this.#at(family, key, "", version), headers, stored(written));
    return response.headers.get("etag") ?? "";
  }

  /** What the same change would do. */
  async preview(family: string, key: string, written: Written): Promise<Preview> {
    const { format, version, etag } = written;
    const headers = { "content-type": MEDIA_TYPES[format], "if-match": etag };
    return (await this.#send("POST", this.#at(family, key, "/preview", version), headers, stored(written))).json();
  }

  async migrations(): Promise<Migration[]> {
    return ((await (await this.#send("GET", "/v1/migrations")).json()) as { migrations: Migration[] }).migrations;
  }

  /** The verdict of the gate on a migration, on some documents and on ones that it makes. */
  async verdict(call: GateCall): Promise<GateAnswer> {
    return (await this.#send("POST", "/v1/migrations/gate", { "content-type": "application/json" }, JSON.stringify(call))).json();
  }

  /** Where the documents of a migration stand. */
  async status({ id, settings }: Migration): Promise<Status> {
    return (await this.#send("GET", `/v1/migrations/${encodeURIComponent(id)}/status?settings=${encodeURIComponent(settings)}`)).json();
  }

  #at(family: string, key: string, what: string, version?: number): string {
    const path = `/v1/settings/${encodeURIComponent(family)}/documents/${encodeURIComponent(key)}${what}`;
    return version === undefined ? path : `${path}?version=${version}`;
  }

  #end(): void {
    localStorage.removeItem(PROOF);
    sessionStorage.removeItem(TOKEN);
    this.onEnded();
  }

  /** What shows who asks. */
  #proof(method: string): Record<string, string> {
    if (this.#isElsewhere) {
      const token = sessionStorage.getItem(TOKEN);
      return token === null ? {} : { authorization: `Bearer ${token}` };
    }
    const proof = localStorage.getItem(PROOF);
    return method === "GET" || proof === null ? {} : { "x-csrf-token": proof };
  }

  /** Asks, and once more for what changes nothing, when the gate has too much to do and says when to come again. */
  async #send(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Response> {
    try {
      return await this.#ask(method, path, headers, body);
    } catch (error) {
      const seconds = error instanceof Problem ? error.comeAgain : undefined;
      if (method !== "GET" || seconds === undefined || seconds > LONGEST_WAIT_S) throw error;
      await new Promise((wake) => setTimeout(wake, seconds * 1000));
      return this.#ask(method, path, headers, body);
    }
  }

  async #ask(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(this.base + path, { method, headers: { ...this.#proof(method), ...headers }, body: body ?? null });
    } catch {
      throw new Problem(0, "the gate does not answer; nothing is lost, and saving can be tried again", [], undefined, 2);
    }
    if (response.ok) return response;
    const problem = await problemOf(response);
    // Whoever signs in hears it where they do.
    if (problem.status === 401 && headers["authorization"] === undefined) this.#end();
    throw problem;
  }
}

/** A text as it is stored. */
function stored({ text, hasWindowsEnds }: Written): string {
  return hasWindowsEnds ? text.replaceAll("\n", "\r\n") : text;
}

/** A comparison with plain line ends. */
function plain(comparison: Comparison): Comparison {
  const { base, theirs, changes } = comparison;
  const { merged, ...places } = changes;
  return {
    ...comparison,
    ...(base === undefined ? {} : { base: withPlainEnds(base) }),
    theirs: withPlainEnds(theirs),
    changes: { ...places, ...(merged === undefined ? {} : { merged: withPlainEnds(merged) }) },
  };
}

async function problemOf(response: Response): Promise<Problem> {
  const said = await response.json().catch(() => undefined);
  const detail = typeof said?.detail === "string" ? said.detail : `the gate answered ${response.status}`;
  return new Problem(response.status, detail, said?.findings ?? [], said?.comparison && plain(said.comparison), said?.retry_after);
}
