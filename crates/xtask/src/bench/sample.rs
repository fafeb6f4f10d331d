//! The documents that are measured: made up, the same on every machine and in every run.
//!
//! Their schema (`benches/settings.schema.json`) is one that all peers read in the same way: draft 7, no `format`, no
//! pattern that regex dialects disagree on.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::stamp::Inputs;

/// Counts up when the documents change, so that they are written again.
const GENERATION: u32 = 1;
/// Documents in the folder of small files.
pub const FILES: u32 = 1_000;
/// Lines of the long file.
pub const LINES: u32 = 100_000;
/// Lines of its beginning, which slow peers get, and which memory is compared with.
pub const FEW_LINES: u32 = 10_000;

/// The schema that everybody is given.
pub fn schema() -> PathBuf {
    super::sources().join("settings.schema.json")
}

/// Where documents and projects are kept.
pub fn folder() -> PathBuf {
    super::folder().join("data")
}

/// A project of Setpoint with one small document.
pub struct OneFile {
    /// Where `setpoint.toml` is.
    pub project: PathBuf,
    /// The document, below `project`.
    pub document: &'static str,
    /// The same with one mistake.
    pub broken: &'static str,
}

/// Writes the small document.
pub fn one_file() -> anyhow::Result<OneFile> {
    let project = folder().join("one");
    made_once(&project.join("config"), || {
        write_project(&project)?;
        let text = document(17);
        write(&project.join("config/eu.json"), &text)?;
        write(&project.join("config/broken.json"), &text.replace("\"port\":", "\"port\":\"http\",\"was\":"))
    })?;
    Ok(OneFile { project, document: "config/eu.json", broken: "config/broken.json" })
}

/// Writes the folder of small files: a project whose documents are all files in `config`.
pub fn many_files() -> anyhow::Result<PathBuf> {
    let project = folder().join("many");
    made_once(&project.join("config"), || {
        write_project(&project)?;
        (0..FILES).try_for_each(|number| write(&project.join(format!("config/{number:04}.json")), &document(number)))
    })?;
    Ok(project)
}

/// Writes a file in which every line is a document, with the first so many lines of the long one.
pub fn lines(count: u32) -> anyhow::Result<PathBuf> {
    let file = folder().join(format!("lines/{count}.jsonl"));
    made_once(&file, || {
        let mut output = BufWriter::new(fs::File::create(&file)?);
        (0..count).try_for_each(|number| writeln!(output, "{}", document(number)))?;
        Ok(output.flush()?)
    })?;
    Ok(file)
}

fn made_once(output: &Path, make: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    let made = Inputs::new().value((GENERATION, FILES, LINES)).path(&schema())?.make(output, || {
        // `make` gives a folder for `output` to stand in; documents stand in folders of their own.
        fs::create_dir_all(if output.extension().is_some() { output.parent().unwrap_or(output) } else { output })?;
        make()
    });
    made.map(drop).with_context(|| format!("`{}` cannot be written", output.display()))
}

fn write_project(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder.join("schemas"))?;
    fs::copy(schema(), folder.join("schemas/v1.json"))?;
    let project = "[settings.service]\nschemas = \"schemas\"\ndocuments = [\"config/*.json\"]\n";
    write(&folder.join("setpoint.toml"), project)
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(file, text).with_context(|| format!("`{}` cannot be written", file.display()))
}

/// A small generator of numbers (xorshift64*, Vigna 2016): the same sequence everywhere.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        let place = usize::try_from(self.below(choices.len() as u64)).unwrap_or_default();
        choices.get(place).copied().unwrap_or_default()
    }
}

/// A valid document of about 800 bytes, on one line.
pub fn document(number: u32) -> String {
    let mut some = Numbers(0x9e37_79b9_7f4a_7c15 ^ (u64::from(number) << 1 | 1).wrapping_mul(0xd134_2543_de82_ef95));
    let service = some.of(&["billing", "catalogue", "identity", "mailer", "search", "shipping"]);
    let region = some.of(&["eu-west-1", "eu-north-1", "us-east-1", "ap-south-1"]);
    let timeout = 500 + some.below(4_500);
    let mut text = String::new();
    let _ = write!(
        text,
        r#"{{"service":"{service}-{number:05}","version":2,"owner":"team-{}","environment":"{}","#,
        some.of(&["payments", "edge", "platform", "growth"]),
        some.of(&["development", "staging", "production"]),
    );
    let _ = write!(
        text,
        r#""http":{{"host":"{service}.{region}.internal","port":{},"timeout_ms":{timeout},"gateway_timeout_ms":{},"tls":{},"allowed_origins":["https://{service}.example.com","https://admin-{}.example.com"]}},"#,
        1_024 + some.below(60_000),
        timeout + 250,
        some.below(2) == 0,
        some.below(100),
    );
    let _ = write!(
        text,
        r#""database":{{"url":"postgres://db-{}.{region}.internal:5432/{service}","pool":{{"min":{},"max":{}}},"statement_timeout_ms":{},"replicas":["db-{}.{region}.internal"]}},"#,
        some.below(20),
        1 + some.below(4),
        8 + some.below(56),
        1_000 + some.below(9_000),
        20 + some.below(20),
    );
    let _ = write!(
        text,
        r#""limits":{{"requests_per_minute":{},"burst":{},"body_kib":{}}},"features":{{"invoices":{},"trial":{},"new_checkout":{}}},"#,
        60 * (1 + some.below(100)),
        1 + some.below(200),
        64 << some.below(5),
        some.below(2) == 0,
        some.below(2) == 0,
        some.below(2) == 0,
    );
    let _ = write!(
        text,
        r#""log":{{"level":"{}","format":"json","sample":0.{:02}}},"retries":[{{"on":"timeout","attempts":{},"backoff_ms":{}}},{{"on":"unavailable","attempts":{}}}],"#,
        some.of(&["debug", "info", "warning", "error"]),
        1 + some.below(99),
        1 + some.below(9),
        50 * (1 + some.below(40)),
        1 + some.below(9),
    );
    let _ = write!(
        text,
        r#""labels":{{"region":"{region}","tier":"{}","cost-centre":"cc-{}"}}}}"#,
        some.of(&["bronze", "silver", "gold"]),
        1_000 + some.below(9_000),
    );
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_document_is_the_same_every_time_and_differs_from_the_next() {
        assert_eq!(document(7), document(7));
        assert_ne!(document(7), document(8));
    }

    #[test]
    fn documents_have_about_800_bytes_on_one_line() {
        for number in [0, 1, 999, 99_999] {
            let text = document(number);
            assert!((700..1_000).contains(&text.len()) && !text.contains('\n'), "{} bytes: {text}", text.len());
        }
    }

    #[test]
    fn documents_are_json_with_the_keys_of_the_schema() {
        let schema: serde_json::Value = serde_json::from_str(&fs::read_to_string(schema()).unwrap()).unwrap();
        let document: serde_json::Value = serde_json::from_str(&document(3)).unwrap();
        let known: Vec<&String> = schema.pointer("/properties").unwrap().as_object().unwrap().keys().collect();
        let keys: Vec<&String> = document.as_object().unwrap().keys().collect();
        assert_eq!(keys, known);
    }
}
