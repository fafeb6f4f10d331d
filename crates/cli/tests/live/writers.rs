//! Nothing that an application writes while documents are changed is lost.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::postgres::Server;
use crate::project::{APPLY, Project, ROLLBACK, Where, fill, wait};

const WRITERS: usize = 8;
const DOCUMENTS: usize = 48;

/// Reads a document, counts one up at whatever version it is, and writes it back unless somebody else has changed it.
/// Whether it did.
async fn count_up(database: &Database, key: &str) -> bool {
    let Some(text) = database.read(key).await else { return false };
    let mut document: Value = serde_json::from_str(&text).unwrap();
    document["count"] = (document["count"].as_i64().unwrap() + 1).into();
    database.replace(key, &text, &document.to_string()).await
}

enum Database {
    Files(std::path::PathBuf),
    Sqlite(sqlx::SqlitePool),
    Postgres(sqlx::PgPool),
}

impl Database {
    async fn open(project: &Project) -> Self {
        match &project.place {
            Where::Files => Self::Files(project.path().join("config")),
            Where::Sqlite => {
                let options = sqlx::sqlite::SqliteConnectOptions::new()
                    .filename(project.path().join("live.db"))
                    .busy_timeout(Duration::from_secs(60));
                Self::Sqlite(
                    sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap(),
                )
            }
            Where::Postgres { url, .. } => {
                Self::Postgres(sqlx::postgres::PgPoolOptions::new().max_connections(1).connect(url).await.unwrap())
            }
        }
    }

    async fn read(&self, key: &str) -> Option<String> {
        match self {
            Self::Files(folder) => std::fs::read_to_string(folder.join(key)).ok(),
            Self::Sqlite(pool) => sqlx::query_scalar("SELECT doc FROM settings WHERE id = ?")
                .bind(key)
                .fetch_optional(pool)
                .await
                .unwrap(),
            Self::Postgres(pool) => sqlx::query_scalar("SELECT doc::text FROM settings WHERE id = $1")
                .bind(key)
                .fetch_optional(pool)
                .await
                .unwrap(),
        }
    }

    async fn replace(&self, key: &str, old: &str, new: &str) -> bool {
        match self {
            // Each file has one writer beside Setpoint, which replaces files as an editor does.
            Self::Files(folder) => replace_file(&folder.join(key), old, new),
            Self::Sqlite(pool) => {
                let query =
                    sqlx::query("UPDATE settings SET doc = ? WHERE id = ? AND doc = ?").bind(new).bind(key).bind(old);
                query.execute(pool).await.unwrap().rows_affected() == 1
            }
            Self::Postgres(pool) => {
                let query = sqlx::query("UPDATE settings SET doc = $1::jsonb WHERE id = $2 AND doc = $3::jsonb")
                    .bind(new)
                    .bind(key)
                    .bind(old);
                query.execute(pool).await.unwrap().rows_affected() == 1
            }
        }
    }

    async fn insert(&self, key: &str, text: &str) {
        match self {
            Self::Files(folder) => std::fs::write(folder.join(key), text).unwrap(),
            Self::Sqlite(pool) => {
                sqlx::query("INSERT INTO settings VALUES (?, ?, 1)").bind(key).bind(text).execute(pool).await.unwrap();
            }
            Self::Postgres(pool) => {
                let query = sqlx::query("INSERT INTO settings VALUES ($1, $2::jsonb, 1)").bind(key).bind(text);
                query.execute(pool).await.unwrap();
            }
        }
    }
}

/// An editor that saves only what it has seen: exchange, look, and exchange back when it was something else.
fn replace_file(path: &Path, old: &str, new: &str) -> bool {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    let beside = tempfile::Builder::new().tempfile().unwrap();
    std::fs::write(beside.path(), new).unwrap();
    let swap = || renameat_with(CWD, beside.path(), CWD, path, RenameFlags::EXCHANGE).unwrap();
    swap();
    if std::fs::read_to_string(beside.path()).unwrap() == old {
        return true;
    }
    swap();
    false
}

/// Writes while documents go up and down, and accounts for every write.
fn nothing_is_lost(project: &Project) {
    fill(project, DOCUMENTS);
    let keys: Vec<String> =
        project.documents().into_iter().map(|(key, ..)| key).filter(|key| key.ends_with(".json")).collect();
    let inserts = !matches!(project.place, Where::Files);
    let stop = AtomicBool::new(false);
    let counted: Vec<BTreeMap<String, i64>> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (stop, keys) = (&stop, &keys);
                scope.spawn(move || {
                    wait(async {
                        let database = Database::open(project).await;
                        let mut own: Vec<String> = keys.iter().skip(writer).step_by(WRITERS).cloned().collect();
                        let mut counted = BTreeMap::new();
                        let mut turn = 0;
                        while !stop.load(Ordering::Relaxed) {
                            turn += 1;
                            if inserts && turn % 40 == 0 {
                                // Before and behind the place where the walk is.
                                let key = format!("{}{writer}-{turn}.json", if turn % 80 == 0 { "a" } else { "z" });
                                database.insert(&key, r#"{"timeout_s": 5, "count": 0}"#).await;
                                own.push(key);
                            }
                            let key = &own[turn % own.len()];
                            if count_up(&database, key).await {
                                *counted.entry(key.clone()).or_default() += 1;
                            }
                            tokio::time::sleep(Duration::from_millis(3)).await;
                        }
                        counted
                    })
                })
            })
            .collect();
        let began = Instant::now();
        for _ in 0..3 {
            project.run(&[&APPLY[..], &["--batch", "5"]].concat()).expect_code(0);
            project.run(&[&ROLLBACK[..], &["--batch", "5"]].concat()).expect_code(0);
        }
        assert!(began.elapsed() > Duration::from_millis(50));
        project.run(&[&APPLY[..], &["--batch", "5"]].concat()).expect_code(0);
        stop.store(true, Ordering::Relaxed);
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    let mut written = BTreeMap::new();
    counted.into_iter().for_each(|counted| written.extend(counted));
    let total: i64 = written.values().sum();
    assert!(total > 100, "{}: only {total} writes", project.name());
    // What was inserted after the last apply goes up now.
    project.run(&APPLY).expect_code(0);
    for (key, text, _) in project.documents().into_iter().filter(|(key, ..)| key.ends_with(".json")) {
        let document: Value = serde_json::from_str(&text).unwrap();
        assert!(document["timeout_ms"].is_i64(), "{}: {key}: {text}", project.name());
        let wanted = written.get(&key).copied().unwrap_or_default();
        assert_eq!(document["count"].as_i64().unwrap(), wanted, "{}: writes to {key}: {text}", project.name());
    }
}

#[test]
fn no_write_to_files_is_lost() {
    nothing_is_lost(&Project::files());
}

#[test]
fn no_write_to_sqlite_is_lost() {
    nothing_is_lost(&Project::sqlite());
}

#[test]
fn no_write_to_postgresql_is_lost() {
    nothing_is_lost(&Project::postgres(&Server::shared(), "jsonb"));
}
