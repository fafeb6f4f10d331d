//! The checks of requests: what can be wrong with one, beyond the document that it carries.

use setpoint_core::check::Check;

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a document that is to be made and is there already.
    ///
    /// ## Why it matters
    /// `If-None-Match: *` promises that nothing is overwritten.
    ///
    /// ## Example
    /// ```http
    /// PUT /v1/settings/billing/documents/eu?version=2
    /// If-None-Match: *
    /// ```
    ///
    /// ## How to fix it
    /// Read the document; to change it, send its `ETag` as `If-Match`.
    pub ALREADY_THERE = "already-there", Error, "a document is there already";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a change of a document without the `ETag` of what it changes.
    ///
    /// ## Why it matters
    /// Without it nobody can tell whether the writer has seen what is there, and the last one to write would win.
    ///
    /// ## Example
    /// A `PUT` without `If-Match` on a document that exists.
    ///
    /// ## How to fix it
    /// Read the document and send the `ETag` of the answer as `If-Match`.
    pub BASE_MISSING = "base-missing", Error, "a change does not say what it changes";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a change of a document that somebody else has changed since it was read.
    ///
    /// ## Why it matters
    /// Written as it is, it would undo what the other one did.
    ///
    /// ## Example
    /// Two people open `eu`; both save. The second one gets this, with what the first one has changed, what they have changed
    /// themselves, where the two meet, and the document with both.
    ///
    /// ## How to fix it
    /// Look at the three-way comparison in the answer, or read the document again; then send the change with the new `ETag`.
    pub BASE_MOVED = "base-moved", Error, "a document was changed since it was read";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a request of the editor's session that does not prove that it comes from the editor.
    ///
    /// ## Why it matters
    /// Browsers send cookies with requests that other sites make. Without this proof any page could change settings in your name.
    ///
    /// ## Example
    /// A `PUT` with the cookie of a session and without `X-CSRF-Token`, or with one of another session, or from another origin.
    ///
    /// ## How to fix it
    /// Sign in again and send the token that came with the session. Programs use a bearer token instead, which needs no such proof.
    pub FORGED_REQUEST = "forged-request", Error, "a request does not prove that it comes from the editor";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a body in a form that is not taken.
    ///
    /// ## Why it matters
    /// One text can mean different things in different formats; guessing would decide about a document that nobody sent.
    ///
    /// ## Example
    /// ```http
    /// Content-Type: text/plain
    /// ```
    ///
    /// ## How to fix it
    /// Send `Content-Type` as one of `application/json`, `application/jsonc`, `application/yaml` and `application/toml`; a document
    /// that is there keeps its format.
    pub MEDIA_TYPE_WRONG = "media-type-wrong", Error, "the body is of a type that is not taken";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a method that a route does not have.
    ///
    /// ## Why it matters
    /// Nothing was done.
    ///
    /// ## Example
    /// ```http
    /// POST /v1/bundle
    /// ```
    ///
    /// ## How to fix it
    /// Use one of the methods that the answer names under `Allow`.
    pub METHOD_WRONG = "method-wrong", Error, "a route has no such method";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports something that is asked for and is not there: a route, a family, a document, a version, a migration or a bundle.
    ///
    /// ## Why it matters
    /// Nothing was done.
    ///
    /// ## Example
    /// ```http
    /// GET /v1/settings/billings/documents
    /// ```
    ///
    /// ## How to fix it
    /// The answer lists what there is.
    pub NOTHING_THERE = "nothing-there", Error, "what is asked for is not there";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a request without a token, or with one that is unknown, expired or revoked.
    ///
    /// ## Why it matters
    /// Settings are changed by people and services that are known, and the history says who.
    ///
    /// ## Example
    /// ```http
    /// GET /v1/settings/billing/documents
    /// ```
    ///
    /// ## How to fix it
    /// `setpoint token new NAME --role ROLE` makes a token; send it as `Authorization: Bearer TOKEN`.
    pub NOT_SIGNED_IN = "not-signed-in", Error, "nobody known sends the request";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports that the server has more to do than it can.
    ///
    /// ## Why it matters
    /// A server that takes everything answers nobody in time.
    ///
    /// ## Example
    /// ```http
    /// HTTP/1.1 503 Service Unavailable
    /// Retry-After: 1
    /// ```
    ///
    /// ## How to fix it
    /// Send the same request again after the time under `Retry-After`. When it happens often, run more replicas.
    pub OVERLOADED = "overloaded", Error, "the server has more to do than it can";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a request that cannot be understood: a parameter that is no number, a path that is not UTF-8, a call that is no JSON.
    ///
    /// ## Why it matters
    /// Nothing was done.
    ///
    /// ## Example
    /// ```http
    /// GET /v1/settings/billing/documents/eu?version=two
    /// ```
    ///
    /// ## How to fix it
    /// The answer names the part that is wrong, and what is expected there.
    pub REQUEST_MALFORMED = "request-malformed", Error, "a request cannot be understood";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a request that needs another role than its token has.
    ///
    /// ## Why it matters
    /// Readers read, editors change documents, operators see what migrations do.
    ///
    /// ## Example
    /// A `PUT` with the token of a reader.
    ///
    /// ## How to fix it
    /// Use a token of the role that the answer names.
    pub ROLE_MISSING = "role-missing", Error, "a token has not the role that a request needs";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a request that took longer to arrive, or to answer, than the server waits.
    ///
    /// ## Why it matters
    /// One slow request must not hold what others need.
    ///
    /// ## Example
    /// A body of which a byte comes every few seconds.
    ///
    /// ## How to fix it
    /// Send the same request again; when it is always too slow, send less at once.
    pub TOOK_TOO_LONG = "took-too-long", Error, "a request took too long";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a body that is larger than the server takes.
    ///
    /// ## Why it matters
    /// Memory is shared by all requests.
    ///
    /// ## Example
    /// A document of 20 MB where 16 MB are the limit.
    ///
    /// ## How to fix it
    /// Send less; `setpoint serve --max-body` sets the limit.
    pub TOO_LARGE = "too-large", Error, "a body is larger than is taken";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports that a token sends more requests than it may.
    ///
    /// ## Why it matters
    /// One client must not take the time of all others.
    ///
    /// ## Example
    /// ```http
    /// HTTP/1.1 429 Too Many Requests
    /// Retry-After: 1
    /// ```
    ///
    /// ## How to fix it
    /// Send the same request again after the time under `Retry-After`; `setpoint serve --rate` sets the limit.
    pub TOO_MANY_REQUESTS = "too-many-requests", Error, "a token sends more requests than it may";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a document that declares another version than the request names.
    ///
    /// ## Why it matters
    /// Checked as the one and stored as the other, it would be wrong for everybody who reads it.
    ///
    /// ## Example
    /// ```http
    /// PUT /v1/settings/billing/documents/eu?version=2
    ///
    /// schema_version: 1
    /// ```
    ///
    /// ## How to fix it
    /// Leave `version` out, or correct one of the two.
    pub VERSION_DIFFERS = "version-differs", Error, "a document declares another version than the request names";
}

/// All of them, sorted by code.
pub static ALL: &[&Check] = &[
    &ALREADY_THERE,
    &BASE_MISSING,
    &BASE_MOVED,
    &FORGED_REQUEST,
    &MEDIA_TYPE_WRONG,
    &METHOD_WRONG,
    &NOTHING_THERE,
    &NOT_SIGNED_IN,
    &OVERLOADED,
    &REQUEST_MALFORMED,
    &ROLE_MISSING,
    &TOOK_TOO_LONG,
    &TOO_LARGE,
    &TOO_MANY_REQUESTS,
    &VERSION_DIFFERS,
];
