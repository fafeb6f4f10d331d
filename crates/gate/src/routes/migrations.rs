//! The migrations of the project, and where they stand.

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use setpoint_core::call::GateCall;
use setpoint_store::Of;

use super::{Answer, json_of};
use crate::access::Role;
use crate::body::Asked;
use crate::documents::timely;
use crate::problem::Problem;
use crate::served::Migration;
use crate::service::Service;
use crate::work;

#[derive(Serialize)]
struct List<'l> {
    migrations: &'l [Migration],
}

/// `GET /v1/migrations`: all migrations.
pub async fn list(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    asked.caller(&service, Role::Reader).await?;
    asked.only(&[])?;
    json_of(&List { migrations: service.served().migrations().await? })
}

/// `POST /v1/migrations/gate`: the verdict of the gate on a migration of the project.
pub async fn gate(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    asked.caller(&service, Role::Editor).await?;
    asked.only(&[])?;
    let mut call: GateCall = asked.call(&service).await?;
    let served = service.served();
    let family = served.family(&call.settings)?;
    // Readers that nobody says are those of the project.
    if call.readers.is_empty() {
        call.readers.clone_from(&family.readers);
    }
    let files =
        served.bundle.settings.get(&call.settings).map(|family| family.migrations.as_slice()).unwrap_or_default();
    if !files.iter().any(|file| file.file == call.migration) {
        let known = files.iter().map(|file| format!("`{}`", file.file)).collect::<Vec<_>>().join(", ");
        let message = format!("`{}` has no migration `{}`", call.settings, call.migration.escape_debug());
        return Err(Problem::nothing(message, format!("one of {known}")));
    }
    json_of(&work::run(&served.policy, usize::MAX, move |policy| policy.gate(&call)).await?)
}

/// `GET /v1/migrations/{id}/status`: where the documents of its family stand, with the commands for what can be done next.
pub async fn status(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    asked.caller(&service, Role::Operator).await?;
    asked.only(&["settings"])?;
    let served = service.served();
    let (id, settings) = (asked.path("id"), asked.text("settings"));
    let migrations = served.migrations().await?;
    let is_meant =
        |migration: &&Migration| migration.id == id && settings.is_none_or(|name| name == migration.settings);
    let found: Vec<&Migration> = migrations.iter().filter(is_meant).collect();
    let migration = match found.as_slice() {
        [migration] => *migration,
        [] => {
            let known = migrations.iter().map(|known| format!("`{}`", known.id)).collect::<Vec<_>>().join(", ");
            let message = format!("there is no migration `{}`", id.escape_debug());
            return Err(Problem::nothing(message, format!("one of {known}")));
        }
        _ => return Err(Problem::malformed(format!("several families have a migration `{id}`"), "`settings=FAMILY`")),
    };
    let family = served.family(&migration.settings)?;
    let (store, _place) = served.store(family).await?;
    let of = Of { project: &served.project, family, bundle: &served.bundle };
    json_of(&timely(setpoint_store::status(&of, store.as_ref(), "")).await?)
}
