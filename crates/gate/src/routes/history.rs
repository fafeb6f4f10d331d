//! What a document was before, and going back to it.

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::documents::{base, changed_answer, key_of, limit_of};
use super::{Answer, json_of, put, typed};
use crate::access::Role;
use crate::body::{Asked, media_type};
use crate::documents::{Documents, Wanted};
use crate::problem::Problem;
use crate::service::Service;

#[derive(Serialize)]
struct History {
    entries: Vec<Change>,
    /// What to send as `before` for the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<i64>,
}

/// A change of a document.
#[derive(Serialize)]
struct Change {
    id: i64,
    /// When, RFC 3339; for a migration, when its run began.
    at: String,
    by: String,
    /// The version before; 0 when the document was made.
    from: u32,
    /// The version after; 0 when the document was removed.
    to: u32,
    /// The run of a migration that changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<i64>,
}

/// `GET …/documents/{key}/history`: the changes of a document, newest first.
pub async fn list(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    asked.caller(&service, Role::Reader).await?;
    asked.only(&["before", "limit"])?;
    let served = service.served();
    let documents = Documents::of(&served, asked.path("family")).await?;
    let limit = limit_of(&asked)?;
    let key = key_of(asked.path("key"))?;
    let mut entries = documents.changes(&key, asked.number("before")?.map(i64::from), limit + 1).await?;
    let more = entries.len() > limit;
    entries.truncate(limit);
    let next = entries.last().filter(|_| more).map(|last| last.id);
    let change = |entry: setpoint_store::Entry| Change {
        id: entry.id,
        at: entry.at,
        by: entry.by,
        from: entry.from,
        to: entry.to,
        run: Some(entry.run).filter(|run| *run > 0),
    };
    json_of(&History { entries: entries.into_iter().map(change).collect(), next })
}

/// `GET …/documents/{key}/history/{entry}`: the document as it was before that change.
pub async fn one(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    asked.caller(&service, Role::Reader).await?;
    asked.only(&[])?;
    let served = service.served();
    let documents = Documents::of(&served, asked.path("family")).await?;
    let id = asked.path("entry").parse().map_err(|_| {
        Problem::malformed(
            format!("`{}` is no number of an entry", asked.path("entry").escape_debug()),
            "a whole number",
        )
    })?;
    let (entry, format) = documents.entry(&key_of(asked.path("key"))?, id).await?;
    let mut response = typed(media_type(format), entry.document);
    put(&mut response, "setpoint-version", &entry.from.to_string());
    Ok(response)
}

/// What is to be restored.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Restore {
    /// The change to go back behind.
    entry: i64,
}

/// `POST …/documents/{key}/restore`: the document is again what it was before a change. It goes through the gate like any other change.
pub async fn restore(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    let caller = asked.caller(&service, Role::Editor).await?;
    asked.only(&[])?;
    let served = service.served();
    let family = served.family(asked.path("family"))?.name.clone();
    let (key, base) = (key_of(asked.path("key"))?, base(&asked.parts.headers)?);
    // Before a place at the store is taken.
    let Restore { entry } = asked.call(&service).await?;
    let documents = Documents::of(&served, &family).await?;
    let (entry, format) = documents.entry(&key, entry).await?;
    let version = Some(entry.from);
    let complement = Some(entry.complement);
    let wanted = Wanted { key, version, format, text: entry.document, base, complement, by: caller.name };
    changed_answer(&documents.write(&wanted).await?)
}
