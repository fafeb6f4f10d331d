//! The documents of a family.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use setpoint_store::{Listed, Search};

use super::{Answer, empty, json_of, put, typed, with};
use crate::access::Role;
use crate::body::{Asked, media_type};
use crate::documents::{Base, Changed, Documents, Seen, Wanted, timely};
use crate::problem::Problem;
use crate::served::Served;
use crate::service::Service;

/// Documents in one answer.
const PAGE: u32 = 100;
/// Documents in one answer at most.
const MOST: u32 = 1000;
/// Bytes of a key.
const KEY: usize = 1024;

#[derive(Serialize)]
struct Families {
    bundle: String,
    settings: Vec<Family>,
}

#[derive(Serialize)]
struct Family {
    name: String,
    versions: Vec<u32>,
    /// The version that new documents get.
    current: u32,
    readers: std::collections::BTreeMap<String, Vec<u32>>,
}

/// `GET /v1/settings`: the families that are served.
pub async fn families(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    asked.caller(&service, Role::Reader).await?;
    asked.only(&[])?;
    let served = service.served();
    let families = served.project.families().iter().map(|family| Family {
        name: family.name.clone(),
        versions: served.versions(&family.name),
        current: served.current(family),
        readers: family.readers.clone(),
    });
    json_of(&Families { bundle: served.given.digest.clone(), settings: families.collect() })
}

#[derive(Serialize)]
struct List {
    documents: Vec<Listed>,
    /// What to send as `after` for the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// `GET /v1/settings/{family}/documents`: keys and versions, in the order of the keys.
pub async fn list(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    asked.caller(&service, Role::Reader).await?;
    asked.only(&["search", "after", "limit"])?;
    let served = service.served();
    let documents = Documents::of(&served, asked.path("family")).await?;
    let limit = limit_of(&asked)?;
    let text = |name| asked.text(name).filter(|text| !text.is_empty()).map(key_of).transpose();
    // One more tells whether there are more.
    let search = Search { contains: text("search")?, after: text("after")?, most: limit + 1 };
    let mut listed = timely(documents.store.list(&search)).await?;
    let more = listed.len() > limit;
    listed.truncate(limit);
    let next = listed.last().filter(|_| more).map(|last| last.key.clone());
    json_of(&List { documents: listed, next })
}

/// How much of a list is wanted.
pub fn limit_of(asked: &Asked) -> Result<usize, Problem> {
    let limit = asked.number("limit")?.unwrap_or(PAGE);
    if limit == 0 || limit > MOST {
        return Err(Problem::malformed(format!("`limit` is {limit}"), format!("a whole number from 1 to {MOST}")));
    }
    Ok(usize::try_from(limit).unwrap_or(1))
}

/// A key, or part of one. Databases know no NUL in a text.
pub fn key_of(text: &str) -> Result<String, Problem> {
    if text.len() > KEY || text.contains('\0') {
        return Err(Problem::malformed(
            "a key is too long, or has a NUL in it",
            format!("at most {KEY} bytes of text"),
        ));
    }
    Ok(text.to_owned())
}

/// `GET /v1/settings/{family}/documents/{key}?version=N`: the document as this version has it.
pub async fn read(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    asked.caller(&service, Role::Reader).await?;
    asked.only(&["version"])?;
    let served = service.served();
    let documents = Documents::of(&served, asked.path("family")).await?;
    let key = key_of(asked.path("key"))?;
    let Seen { text, format, version, stored, etag } = documents.read(&key, asked.number("version")?).await?;
    let mut response = if is_known(&asked.parts.headers, &etag)? {
        empty(StatusCode::NOT_MODIFIED)
    } else {
        typed(media_type(format), text)
    };
    // Kept by whoever asked, and asked for again each time.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    put(&mut response, "vary", "authorization, cookie");
    put(&mut response, "etag", &etag);
    put(&mut response, "setpoint-version", &version.to_string());
    put(&mut response, "setpoint-stored-version", &stored.to_string());
    put(&mut response, "setpoint-bundle", &served.given.digest);
    Ok(response)
}

/// `PUT /v1/settings/{family}/documents/{key}?version=N`: changes or makes a document.
pub async fn write(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    let by = asked.caller(&service, Role::Editor).await?.name;
    let served = service.served();
    let (family, wanted) = wanted(&service, &served, asked, by).await?;
    changed_answer(&Documents::of(&served, &family).await?.write(&wanted).await?)
}

/// `POST /v1/settings/{family}/documents/{key}/preview?version=N`: what the same change by `PUT` would do, for everybody who reads the
/// document. Nothing is written.
pub async fn preview(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    let by = asked.caller(&service, Role::Reader).await?.name;
    let served = service.served();
    let (family, wanted) = wanted(&service, &served, asked, by).await?;
    json_of(&Documents::of(&served, &family).await?.preview(&wanted).await?)
}

/// The change that a request asks for, and of which settings. All of it is there before a place at the store is taken.
async fn wanted(service: &Service, served: &Served, asked: Asked, by: String) -> Result<(String, Wanted), Problem> {
    let family = served.family(asked.path("family"))?.name.clone();
    asked.only(&["version"])?;
    let (key, version) = (key_of(asked.path("key"))?, asked.number("version")?);
    let base = base(&asked.parts.headers)?;
    let (format, text) = asked.document(service).await?;
    Ok((family, Wanted { key, version, format, text, base, complement: None, by }))
}

/// The answer to a change: the report on what was written.
pub fn changed_answer(changed: &Changed) -> Answer {
    let mut response = json_of(&changed.report)?;
    put(&mut response, "etag", &changed.etag);
    put(&mut response, "setpoint-version", &changed.version.to_string());
    Ok(if changed.is_new { with(StatusCode::CREATED, response) } else { response })
}

/// `DELETE /v1/settings/{family}/documents/{key}`: removes a document; it stays in the history.
pub async fn remove(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    let caller = asked.caller(&service, Role::Editor).await?;
    asked.only(&[])?;
    let served = service.served();
    let documents = Documents::of(&served, asked.path("family")).await?;
    let base = base(&asked.parts.headers)?;
    documents.remove(&key_of(asked.path("key"))?, base, &caller.name).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// Whether somebody has the representation with this tag already.
pub fn is_known(headers: &HeaderMap, etag: &str) -> Result<bool, Problem> {
    Ok(match tags(headers, header::IF_NONE_MATCH)? {
        Some(Base::Anything) => true,
        Some(Base::Tags(tags)) => tags.iter().any(|tag| tag == etag),
        _ => false,
    })
}

/// What a change says it is based on.
pub fn base(headers: &HeaderMap) -> Result<Base, Problem> {
    match (tags(headers, header::IF_MATCH)?, tags(headers, header::IF_NONE_MATCH)?) {
        (None, None) => Ok(Base::Unsaid),
        (Some(base), None) => Ok(base),
        (None, Some(Base::Anything)) => Ok(Base::Nothing),
        _ => Err(Problem::malformed(
            "the conditions of the request contradict each other",
            "`If-Match: ETAG` or `If-None-Match: *`",
        )),
    }
}

/// The tags of a condition (RFC 9110, section 13.1): `*`, or a list of strong ones.
fn tags(headers: &HeaderMap, name: header::HeaderName) -> Result<Option<Base>, Problem> {
    if !headers.contains_key(&name) {
        return Ok(None);
    }
    let wrong =
        || Problem::malformed(format!("`{name}` is no list of entity tags"), "`\"…\"` as it stands in `ETag`, or `*`");
    // Several lines are one list.
    let lines = headers.get_all(&name).iter().map(|value| value.to_str());
    let text = lines.collect::<Result<Vec<_>, _>>().map_err(|_| wrong())?.join(",");
    let text = text.trim();
    if text == "*" {
        return Ok(Some(Base::Anything));
    }
    let mut tags = Vec::new();
    for tag in text.split(',').map(str::trim) {
        // A proxy that compresses weakens tags.
        let tag = tag.strip_prefix("W/").unwrap_or(tag);
        let inside = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).ok_or_else(wrong)?;
        if inside.contains('"') {
            return Err(wrong());
        }
        tags.push(tag.to_owned());
    }
    Ok(Some(Base::Tags(tags)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn base_of(name: &'static str, value: &str) -> Result<Base, u16> {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        base(&headers).map_err(|problem| problem.status().as_u16())
    }

    #[test]
    fn conditions_are_read_as_the_standard_has_them() {
        assert_eq!(base(&HeaderMap::new()).unwrap(), Base::Unsaid);
        assert_eq!(base_of("if-match", "\"a\""), Ok(Base::Tags(vec!["\"a\"".into()])));
        assert_eq!(base_of("if-match", "\"a\", W/\"b\""), Ok(Base::Tags(vec!["\"a\"".into(), "\"b\"".into()])));
        assert_eq!(base_of("if-match", " * "), Ok(Base::Anything));
        assert_eq!(base_of("if-none-match", "*"), Ok(Base::Nothing));
        for (name, value) in [("if-match", "a"), ("if-match", "\"a\"b\""), ("if-match", ""), ("if-none-match", "\"a\"")]
        {
            assert_eq!(base_of(name, value), Err(400), "{name}: {value}");
        }
    }
}
