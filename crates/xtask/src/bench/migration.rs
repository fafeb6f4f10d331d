//! The migration that is measured: the documents of [`sample`] with one more timeout, in seconds at version 1 and in
//! milliseconds at version 2.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};

use super::sample;

/// The name of the migration, which `setpoint apply` takes.
pub const NAME: &str = "0002-timeout-in-milliseconds";

/// Keys of one store in the project file.
const STORE: &str = "table = \"settings\"\nkey = \"id\"\ndocument = \"doc\"\nversion = \"version\"\n";

const PROJECT: &str = "[settings.app]
schemas = \"schemas/app\"
migrations = \"migrations/app\"
documents = [\"config/*\"]
current = 1
readers = { gateway = [1, 2] }
";

/// Every document at version 2 goes down too: the gate asks.
const STEPS: &str = "settings: app
from: 1
to: 2
owner: team-edge
why: the gateway counts in milliseconds
expected: every document has timeout_ms, 1000 times its old timeout_s
rollback: setpoint rollback app --to 1
steps:
  - rename:  { at: \"\", from: timeout_s, to: timeout_ms }
  - convert: { at: /timeout_ms, up: value * 1000, down: value / 1000 }
";

/// Writes a project with two versions and the migration between them, and with the store at `url` when there is one.
pub fn write_project(folder: &Path, url: Option<&str>) -> anyhow::Result<()> {
    let store = url.map(|url| format!("[settings.app.store]\nurl = \"{url}\"\n{STORE}")).unwrap_or_default();
    write(&folder.join("setpoint.toml"), &format!("{PROJECT}{store}"))?;
    let seconds = json!({ "type": "integer", "minimum": 1, "maximum": 600 });
    let milliseconds = json!({ "type": "integer", "minimum": 1_000, "maximum": 600_000, "multipleOf": 1_000 });
    write(&folder.join("schemas/app/v1.json"), &schema("timeout_s", seconds)?)?;
    write(&folder.join("schemas/app/v2.json"), &schema("timeout_ms", milliseconds)?)?;
    write(&folder.join(format!("migrations/app/{NAME}.yaml")), &format!("migration: {NAME}\n{STEPS}"))
}

/// The schema of the made-up documents, with a note and this member, which is required.
fn schema(name: &str, member: Value) -> anyhow::Result<String> {
    let file = sample::schema();
    let text = fs::read_to_string(&file).with_context(|| format!("`{}` cannot be read", file.display()))?;
    let mut schema: Value = serde_json::from_str(&text)?;
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    let properties = properties.context("the schema of the documents has no `properties`")?;
    properties.insert(name.to_owned(), member);
    properties.insert("note".to_owned(), json!({ "type": "string", "maxLength": 400 }));
    let required = schema.get_mut("required").and_then(Value::as_array_mut);
    required.context("the schema of the documents has no `required`")?.push(json!(name));
    Ok(format!("{schema:#}\n"))
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    let cannot = || format!("`{}` cannot be written", file.display());
    fs::create_dir_all(file.parent().unwrap_or(file)).with_context(cannot)?;
    fs::write(file, text).with_context(cannot)
}

/// A document at version 1 of about 1 kB, on one line.
pub fn document(number: u32) -> String {
    let rest = sample::document(number);
    let rest = rest.strip_prefix('{').unwrap_or_default();
    format!(
        "{{\"timeout_s\":{},\"note\":\"Raised for the campaign of week {}; the owners of the gateway know, and whoever is on \
         call is told when it is lowered again.\",{rest}",
        1 + number % 600,
        1 + number % 52
    )
}

/// A document at version 1 of about 10 kB, in YAML as people write it: by lines, with comments.
pub fn yaml() -> String {
    let mut text = "# Settings of the service that searches. Its owners change them, nobody else.
service: search-00017
version: 2
owner: team-platform
environment: production
timeout_s: 30   # as long as the gateway waits
note: >-
  Raised for the campaign of week 12; the owners of the gateway know,
  and whoever is on call is told when it is lowered again.

http:
  host: search.eu-west-1.internal
  port: 8443
  timeout_ms: 2500          # of one request
  gateway_timeout_ms: 2750
  tls: true
database:
  url: \"postgres://db-7.eu-west-1.internal:5432/search\"
  pool: { min: 2, max: 24 }
  replicas:
    - db-21.eu-west-1.internal
    - db-22.eu-west-1.internal
limits:
  requests_per_minute: 3600
  burst: 120
log:
  level: info
  sample: 0.25  # of all requests

features:
"
    .to_owned();
    for number in 0..110 {
        if number % 10 == 0 {
            let _ = writeln!(text, "  # wave {} of the new search", number / 10 + 1);
        }
        let _ = writeln!(text, "  rewrite-of-queries-{number:03}: {}", number % 3 == 0);
    }
    text.push_str("\nretries:   # one for each dependency\n");
    for number in 0..60 {
        let _ = match number % 2 {
            0 => writeln!(text, "  - on: timeout\n    attempts: {}\n    backoff_ms: {}", number % 9 + 1, 50 + number),
            _ => writeln!(text, "  - {{ on: unavailable, attempts: {} }}", number % 9 + 1),
        };
    }
    text.push_str("\nlabels:\n");
    for first in 'a'..='j' {
        for second in ["tier", "region", "cost-centre", "contact", "runbook"] {
            let _ = writeln!(text, "  {first}-{second}: 'value of {second} in {first}'  # from the register");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_have_about_a_kilobyte_and_the_large_one_ten() {
        for number in [0, 1, 999, 199_999] {
            let text = document(number);
            assert!((900..1_200).contains(&text.len()), "{} bytes: {text}", text.len());
        }
        assert!((9_500..10_500).contains(&yaml().len()), "{} bytes", yaml().len());
    }

    #[test]
    fn a_document_stands_in_one_field_of_a_copied_table() {
        let text = document(3);
        assert!(serde_json::from_str::<Value>(&text).is_ok(), "{text}");
        assert!(!text.contains(['\\', '\t', '\n']), "{text}");
    }
}
