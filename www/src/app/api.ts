// The gate, as the page asks it. Failures are `Problem`s, of the form that the gate gives them (RFC 9457).

import type { Finding, Format, Report } from "@setpoint/core";

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
}

/** A change of a document. */
export interface Change {
  id: number;
  at: string;
  by: string;
  from: number;
  to: number;
  run?: number;
}

/** The three states of a document that was changed by two. */
export interface Comparison {
  version: number;
  base?: string;
  theirs: string;
  etag: string;
  changes: { theirs: string[]; yours: string[]; conflicts: string[]; merged?: string; report: Report };
}

/** A migration of the project. */
export interface Migration {
  id: string;
  settings: string;
  file: string;
  about?: { migration: string; from: number; to: number; owner: string; expected: string };
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

  /** Whether the same request may be done later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status === 503;
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

/** Where the proof of the session is kept: for as long as the tab is open, out of reach of other origins. */
const PROOF = "setpoint-csrf";

/** The gate at an address. */
export class Gate {
  constructor(readonly base: string) {}

  /** Begins a session for whoever has a token. */
  async signIn(token: string): Promise<SignedIn> {
    const response = await this.#send("POST", "/v1/session", { authorization: `Bearer ${token}` });
    const { csrf, ...who } = (await response.json()) as SignedIn & { csrf: string };
    sessionStorage.setItem(PROOF, csrf);
    return who;
  }

  /** Who has signed in already; nobody when the session has ended, or cannot change anything any more. */
  async whoAmI(): Promise<SignedIn | undefined> {
    if (sessionStorage.getItem(PROOF) === null) return undefined;
    try {
      return (await (await this.#send("GET", "/v1/session")).json()) as SignedIn;
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return undefined;
      throw error;
    }
  }

  async signOut(): Promise<void> {
    await this.#send("DELETE", "/v1/session");
    sessionStorage.removeItem(PROOF);
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
    const response = await this.#send("GET", this.#at(family, key, version));
    const header = (name: string) => response.headers.get(name) ?? "";
    return {
      text: await response.text(),
      format: formatOf(header("content-type")),
      version: Number(header("setpoint-version")),
      stored: Number(header("setpoint-stored-version")),
      etag: header("etag"),
      bundle: header("setpoint-bundle"),
    };
  }

  /** Changes a document; gives its new tag. Without a tag it has to be new. */
  async write(
    family: string,
    key: string,
    document: { text: string; format: Format; version: number; etag: string | undefined },
  ): Promise<string> {
    const { text, format, version, etag } = document;
    const condition: Record<string, string> = etag === undefined ? { "if-none-match": "*" } : { "if-match": etag };
    const headers = { "content-type": MEDIA_TYPES[format], ...condition };
    const response = await this.#send("PUT", this.#at(family, key, version), headers, text);
    return response.headers.get("etag") ?? "";
  }

  async history(family: string, key: string): Promise<{ entries: Change[]; next?: number }> {
    return (await this.#send("GET", `${this.#at(family, key)}/history`)).json();
  }

  async restore(family: string, key: string, entry: number, etag: string | undefined): Promise<void> {
    const condition: Record<string, string> = etag === undefined ? {} : { "if-match": etag };
    const headers = { "content-type": "application/json", ...condition };
    await this.#send("POST", `${this.#at(family, key)}/restore`, headers, JSON.stringify({ entry }));
  }

  async migrations(): Promise<Migration[]> {
    return ((await (await this.#send("GET", "/v1/migrations")).json()) as { migrations: Migration[] }).migrations;
  }

  #at(family: string, key: string, version?: number): string {
    const path = `/v1/settings/${encodeURIComponent(family)}/documents/${encodeURIComponent(key)}`;
    return version === undefined ? path : `${path}?version=${version}`;
  }

  async #send(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Response> {
    const proof = sessionStorage.getItem(PROOF);
    const proved = method === "GET" || proof === null ? headers : { "x-csrf-token": proof, ...headers };
    let response: Response;
    try {
      response = await fetch(this.base + path, { method, headers: proved, body: body ?? null });
    } catch {
      throw new Problem(0, "the gate does not answer; nothing is lost, and saving can be tried again", [], undefined, 2);
    }
    if (response.ok) return response;
    throw await problemOf(response);
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const said = await response.json().catch(() => undefined);
  const detail = typeof said?.detail === "string" ? said.detail : `the gate answered ${response.status}`;
  return new Problem(response.status, detail, said?.findings ?? [], said?.comparison, said?.retry_after);
}
