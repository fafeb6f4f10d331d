//! A project whose documents live in a store.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use serde_json::{Value, json};
use sqlx::Executor as _;

use crate::postgres::Server;
use crate::published;

const V1: &str = r#"{
  "type": "object",
  "properties": {
    "timeout_s": { "type": "integer", "minimum": 1, "maximum": 600 },
    "legacy": {},
    "count": { "type": "integer" },
    "name": { "type": "string" }
  },
  "required": ["timeout_s", "count"],
  "additionalProperties": false
}
"#;
const V2: &str = r#"{
  "type": "object",
  "properties": {
    "timeout_ms": { "type": "integer", "minimum": 1000, "maximum": 600000, "multipleOf": 1000 },
    "count": { "type": "integer" },
    "name": { "type": "string" },
    "region": { "type": "string" }
  },
  "required": ["timeout_ms", "count"],
  "additionalProperties": false
}
"#;
const MIGRATION: &str = "migration: 0002-timeout-in-milliseconds
settings: app
from: 1
to: 2
owner: team-edge
why: the gateway counts in milliseconds
expected: every document has timeout_ms, 1000 times its old timeout_s
rollback: setpoint rollback app --to 1
steps:
  - rename:  { at: \"\", from: timeout_s, to: timeout_ms }
  - convert: { at: /timeout_ms, up: value * 1000, down: value / 1000 }
  - remove:  { at: /legacy }
  - add:     { at: /region }
";

/// Where the documents are.
pub enum Where {
    Files,
    Sqlite,
    Postgres { url: String, _running: Arc<Server> },
}

/// A project with documents.
pub struct Project {
    pub folder: tempfile::TempDir,
    pub place: Where,
}

/// What a run of the command left.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    pub fn codes(&self) -> Vec<String> {
        let report: Value = serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"));
        let findings = report["reports"].as_array().unwrap().iter().flat_map(|one| one["findings"].as_array().unwrap());
        findings.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
    }
}

/// A runtime for what the tests ask databases themselves.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

impl Project {
    pub fn files() -> Self {
        let project = Self::new(Where::Files, "url = \"files\"\n");
        fs::create_dir_all(project.path().join("config")).unwrap();
        project
    }

    pub fn sqlite() -> Self {
        let project = Self::new(Where::Sqlite, &format!("url = \"sqlite:live.db\"\n{COLUMNS}"));
        project.sql("CREATE TABLE settings (id TEXT PRIMARY KEY, doc TEXT NOT NULL, version INTEGER NOT NULL)");
        project
    }

    /// `kind` is the type of the column of the documents.
    pub fn postgres(server: &Arc<Server>, kind: &str) -> Self {
        let url = server.database();
        let place = Where::Postgres { url: url.clone(), _running: Arc::clone(server) };
        let project = Self::new(place, &format!("url = \"{url}\"\n{COLUMNS}"));
        project.sql(&format!("CREATE TABLE settings (id text PRIMARY KEY, doc {kind} NOT NULL, version int NOT NULL)"));
        project
    }

    /// One of each.
    pub fn all() -> Vec<Self> {
        let server = Server::shared();
        vec![Self::files(), Self::sqlite(), Self::postgres(&server, "jsonb"), Self::postgres(&server, "text")]
    }

    fn new(place: Where, store: &str) -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap(), place };
        let family = "[settings.app]\nschemas = \"schemas/app\"\nmigrations = \"migrations/app\"\ndocuments = [\"config/*\"]\n\
                      current = 1\nreaders = { api = [1, 2] }\n";
        project.write("setpoint.toml", &format!("{family}[settings.app.store]\n{store}"));
        project.write("schemas/app/v1.json", V1);
        project.write("schemas/app/v2.json", V2);
        project.write("migrations/app/0002-timeout-in-milliseconds.yaml", MIGRATION);
        project
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn name(&self) -> &'static str {
        match self.place {
            Where::Files => "files",
            Where::Sqlite => "sqlite",
            Where::Postgres { .. } => "postgres",
        }
    }

    fn url(&self) -> String {
        match &self.place {
            Where::Files => unreachable!("files are no database"),
            Where::Sqlite => format!("sqlite:{}?mode=rwc", self.path().join("live.db").display()),
            Where::Postgres { url, .. } => url.clone(),
        }
    }

    /// Executes a statement in the database.
    pub fn sql(&self, statement: &str) {
        let statement = sqlx::AssertSqlSafe(statement.to_owned());
        wait(async {
            match &self.place {
                Where::Files => unreachable!("files are no database"),
                Where::Sqlite => {
                    let pool = sqlx::SqlitePool::connect(&self.url()).await.unwrap();
                    pool.execute(statement).await.unwrap();
                    pool.close().await;
                }
                Where::Postgres { .. } => {
                    let pool = sqlx::PgPool::connect(&self.url()).await.unwrap();
                    pool.execute(statement).await.unwrap();
                    pool.close().await;
                }
            }
        });
    }

    /// Puts a document there, as an application does; `name` is a plain word.
    pub fn put(&self, name: &str, text: &str, version: u32) {
        match &self.place {
            Where::Files => self.write(&format!("config/{name}"), text),
            _ => {
                let text = text.replace('\'', "''");
                self.sql(&format!(
                    "INSERT INTO settings VALUES ('{name}', '{text}', {version}) \
                     ON CONFLICT (id) DO UPDATE SET doc = excluded.doc, version = excluded.version"
                ));
            }
        }
    }

    /// All documents: name, text, version. Files have no version of their own.
    pub fn documents(&self) -> Vec<(String, String, i32)> {
        let query = "SELECT id, CAST(doc AS TEXT), coalesce(CAST(version AS INTEGER), 0) FROM settings ORDER BY id";
        match &self.place {
            Where::Files => {
                let mut names: Vec<PathBuf> =
                    fs::read_dir(self.path().join("config")).unwrap().map(|entry| entry.unwrap().path()).collect();
                names.sort();
                let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
                names.iter().map(|path| (name(path), fs::read_to_string(path).unwrap(), 0)).collect()
            }
            Where::Sqlite => wait(async {
                let pool = sqlx::SqlitePool::connect(&self.url()).await.unwrap();
                let rows = sqlx::query_as(query).fetch_all(&pool).await.unwrap();
                pool.close().await;
                rows
            }),
            Where::Postgres { .. } => wait(async {
                let pool = sqlx::PgPool::connect(&self.url()).await.unwrap();
                let rows = sqlx::query_as(query).fetch_all(&pool).await.unwrap();
                pool.close().await;
                rows
            }),
        }
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_setpoint"));
        command.args(arguments).current_dir(self.path()).env("SETPOINT_USER", "tester").stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        let output = self.command(arguments).output().unwrap();
        Run {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub fn spawn(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// What `setpoint status` says, which its published schema accepts.
    pub fn status(&self) -> Value {
        let run = self.run(&["status", "app", "--format", "json"]).expect_code(0);
        let mut status: Value = serde_json::from_str(&run.stdout).unwrap();
        published::accept(include_str!("../../../../schemas/status.json"), &status);
        status[0].take()
    }
}

const COLUMNS: &str = "table = \"settings\"\nkey = \"id\"\ndocument = \"doc\"\nversion = \"version\"\n";

/// The command that applies the migration without a rehearsal.
pub const APPLY: [&str; 4] =
    ["apply", "0002-timeout-in-milliseconds", "--without-rehearsal", "the tests rehearse elsewhere"];
/// The command that rolls it back.
pub const ROLLBACK: [&str; 4] = ["rollback", "app", "--to", "1"];

/// A document at version 1: every third is YAML with comments where the store has files; some have what version 2 has no place
/// for, numbers whose digits matter, and keys in an order of their own.
pub fn document(number: usize, is_text: bool) -> (String, String) {
    let legacy = json!({ "z": [1, null, "ü"], "a": { "x": 10 } });
    match number % 3 {
        0 if is_text => (
            format!("d{number:04}.yaml"),
            format!(
                "# tenant {number}\ncount: 0   # how often\ntimeout_s: {}\nlegacy: [ 1.50, ~ ]  # old\n",
                number % 600 + 1
            ),
        ),
        1 => (
            format!("d{number:04}.json"),
            format!("{{\"timeout_s\": {}, \"legacy\": {legacy}, \"count\": 0}}\n", number % 600 + 1),
        ),
        _ => (
            format!("d{number:04}.json"),
            format!(
                "{{\n  \"name\": \"tenant {number}\",\n  \"count\": 0,\n  \"timeout_s\": {}\n}}\n",
                number % 600 + 1
            ),
        ),
    }
}

/// Fills the store with documents and gives them as the store shows them.
pub fn fill(project: &Project, count: usize) -> Vec<(String, String, i32)> {
    let is_text = matches!(project.place, Where::Files);
    match &project.place {
        Where::Files => {
            for number in 0..count {
                let (name, text) = document(number, is_text);
                project.put(&name, &text, 1);
            }
        }
        _ => {
            let rows: Vec<String> = (0..count)
                .map(|number| {
                    let (name, text) = document(number, false);
                    format!("('{name}', '{text}', 1)")
                })
                .collect();
            project.sql(&format!("INSERT INTO settings VALUES {}", rows.join(", ")));
        }
    }
    project.documents()
}

/// Changes the project file.
pub fn edit(project: &Project, from: &str, to: &str) {
    let text = fs::read_to_string(project.path().join("setpoint.toml")).unwrap();
    assert!(text.contains(from), "{text}");
    project.write("setpoint.toml", &text.replace(from, to));
}

/// Applies, which has to be refused with this finding.
#[track_caller]
pub fn refused(project: &Project, code: i32, wanted: &str) -> String {
    let run = project.run(&[&APPLY[..], &["--format", "json"]].concat()).expect_code(code);
    assert_eq!(run.codes(), [wanted], "{run:#?}");
    run.stdout
}
