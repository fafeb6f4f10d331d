//! Real documents of real settings files, each with one injected fault: is there exactly one finding, is it at the
//! fault, and does it name what was meant? At least 97 % have to be so.
//!
//! The corpus is `tests/faults/corpus`. To study what is not perfect:
//! `SETPOINT_FAULTS_SHOW=tuning cargo test -p setpoint-core --test faults -- --nocapture` (`heldout` shows the others;
//! leave those alone while tuning). `SETPOINT_FAULTS_SEED` draws other mutants, `SETPOINT_FAULTS_EACH` more of them;
//! `SETPOINT_FAULTS_CORPUS` names another corpus.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests"
)]

#[path = "faults/declared.rs"]
mod declared;
#[path = "faults/inject.rs"]
mod inject;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use inject::{Generator, Kind, Mutant};
use serde_json::Value;
use setpoint_core::bundle::{Bundle, Family, File};
use setpoint_core::call::CheckCall;
use setpoint_core::finding::{Finding, Severity};
use setpoint_core::policy::Policy;
use setpoint_core::report::{DocumentReport, Verdict};

/// Mutants of one schema count at most this often, so that no schema outweighs the others.
const PER_SCHEMA: usize = 30;
/// Schemas that nobody looks at while tuning.
const HELD_OUT: &[&str] = &[
    "buildkite",
    "changesets",
    "citation-file-format",
    "compose-spec",
    "eslintrc",
    "github-issue-forms",
    "knip",
    "mergify",
    "nx",
    "nx-project",
    "pyproject-project",
    "stryker",
    "syncpack",
    "taskfile",
    "turbo",
    "typedoc",
    "webpack",
];

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// One schema of the corpus, loaded.
struct Subject {
    name: String,
    schema: Value,
    policy: Policy,
    documents: Vec<(String, Value)>,
    held_out: bool,
}

fn corpus() -> Vec<Subject> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/faults/corpus");
    let root = std::env::var_os("SETPOINT_FAULTS_CORPUS").map_or(root, PathBuf::from);
    let only = std::env::var("SETPOINT_FAULTS_ONLY").ok();
    let folders = sorted(&root).into_iter().filter(|path| path.is_dir());
    folders
        .filter(|folder| only.as_ref().is_none_or(|only| only.split(',').any(|part| part == name(folder))))
        .map(|folder| {
            let text = fs::read_to_string(folder.join("schema.json")).unwrap();
            let schema = serde_json::from_str(&text).unwrap();
            let file = File { file: "schema.json".to_owned(), text };
            let family = Family { schemas: BTreeMap::from([(1, file)]), ..Family::default() };
            let settings = BTreeMap::from([(name(&folder), family)]);
            let bundle = Bundle { bundle: 1, settings, limits: None };
            let policy = Policy::load(serde_json::to_string(&bundle).unwrap().as_bytes()).unwrap();
            let documents = sorted(&folder.join("documents"))
                .into_iter()
                .map(|path| (name(&path), serde_json::from_slice(&fs::read(path).unwrap()).unwrap()))
                .collect();
            let held_out = HELD_OUT.contains(&name(&folder).as_str());
            Subject { name: name(&folder), schema, policy, documents, held_out }
        })
        .collect()
}

fn check(subject: &Subject, document: &Value) -> DocumentReport {
    let call = CheckCall { file: "document.json".to_owned(), ..CheckCall::default() };
    subject.policy.check(&call, serde_json::to_string(document).unwrap().as_bytes())
}

/// The mutants of a schema that its validator rejects, with their findings; at most one of a kind for each document and
/// round.
fn mutants(subject: &Subject) -> Vec<(String, Mutant, Vec<Finding>)> {
    const TRIES: usize = 8;
    let seed = u64::try_from(setting("SETPOINT_FAULTS_SEED", 1)).unwrap();
    let each = setting("SETPOINT_FAULTS_EACH", 1);
    let wanted = PER_SCHEMA * each / Kind::ALL.len();
    let mut found: Vec<(String, Mutant, Vec<Finding>)> = Vec::new();
    for kind in Kind::ALL {
        let enough = found.len() + wanted;
        for round in 0..2 * each {
            for (file, document) in &subject.documents {
                if found.len() == enough {
                    break;
                }
                let mut random = Generator::seeded(&format!("{}/{file}/{kind:?}/{round}", subject.name), seed);
                let candidates = inject::mutants(&subject.schema, document, kind, &mut random);
                let rejected = candidates.into_iter().take(TRIES).find_map(|mutant| {
                    let report = check(subject, &mutant.document);
                    let new = found.iter().all(|(_, other, _)| other.document != mutant.document);
                    (new && report.verdict == Verdict::Fail).then_some((mutant, report.findings))
                });
                found.extend(rejected.map(|(mutant, findings)| (file.clone(), mutant, findings)));
            }
        }
    }
    found
}

fn is_perfect(mutant: &Mutant, findings: &[Finding]) -> bool {
    matches!(findings, [only] if mutant.at.iter().any(|at| at == only.instance.as_str()))
}

fn is_named(mutant: &Mutant, findings: &[Finding]) -> bool {
    let literal = Value::String(mutant.intended.clone()).to_string();
    findings.iter().any(|finding| {
        mutant.at.iter().any(|at| at == finding.instance.as_str())
            && (finding.expected.value.as_ref().is_some_and(|value| value.as_str() == literal)
                || finding.help.as_ref().is_some_and(|help| help.contains(&format!("`{}`", mutant.intended))))
    })
}

#[derive(Clone, Copy, Debug, Default)]
struct Score {
    mutants: usize,
    perfect: usize,
    typos: usize,
    named: usize,
}

impl Score {
    fn add(&mut self, mutant: &Mutant, findings: &[Finding]) {
        self.mutants += 1;
        self.perfect += usize::from(is_perfect(mutant, findings));
        if mutant.kind.is_typo() {
            self.typos += 1;
            self.named += usize::from(is_named(mutant, findings));
        }
    }

    fn print(self, title: &str) {
        let percent = |part: usize, whole: usize| match whole {
            0 => "     –".to_owned(),
            _ => format!("{:5.1}%", 100.0 * part as f64 / whole as f64),
        };
        println!(
            "{title:<28} {:>4} mutants  {:>4} perfect {}  {:>4} of {:>4} named {}",
            self.mutants,
            self.perfect,
            percent(self.perfect, self.mutants),
            self.named,
            self.typos,
            percent(self.named, self.typos)
        );
    }
}

fn show(subject: &Subject, file: &str, mutant: &Mutant, findings: &[Finding]) {
    println!("\n{} {file}: {} {}", subject.name, mutant.kind.name(), mutant.what);
    for finding in findings {
        let value = finding.expected.value.as_ref().map(|value| format!(" => {}", value.as_str())).unwrap_or_default();
        println!("  [{}] {} ({})", finding.code, finding.message, finding.instance.as_str());
        println!("     expected {}{value}", finding.expected.text);
        println!("     help {:?}; {}", finding.help, finding.keyword);
    }
}

#[test]
fn the_documents_of_the_corpus_are_valid() {
    let mut wrong = Vec::new();
    for subject in corpus() {
        let on_schema = subject.policy.load_answer().reports.iter().flat_map(|report| &report.findings);
        for finding in on_schema.filter(|finding| finding.severity == Severity::Error) {
            wrong.push(format!("{}/schema.json{}: {}", subject.name, finding.instance.as_str(), finding.message));
        }
        for (file, document) in &subject.documents {
            for finding in check(&subject, document).findings {
                wrong.push(format!("{}/{file}: {}", subject.name, finding.message));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn one_fault_gives_one_finding_at_the_fault_that_names_what_was_meant() {
    let shown = std::env::var("SETPOINT_FAULTS_SHOW").unwrap_or_default();
    let mut kinds: BTreeMap<Kind, Score> = BTreeMap::new();
    let mut schemas: BTreeMap<String, Score> = BTreeMap::new();
    let [mut all, mut unions, mut tuning, mut held_out] = [Score::default(); 4];
    for subject in corpus() {
        for (file, mutant, findings) in mutants(&subject) {
            kinds.entry(mutant.kind).or_default().add(&mutant, &findings);
            schemas.entry(subject.name.clone()).or_default().add(&mutant, &findings);
            all.add(&mutant, &findings);
            if mutant.in_union {
                unions.add(&mutant, &findings);
            }
            if subject.held_out { &mut held_out } else { &mut tuning }.add(&mutant, &findings);
            let good = is_perfect(&mutant, &findings) && (!mutant.kind.is_typo() || is_named(&mutant, &findings));
            let group = if subject.held_out { "heldout" } else { "tuning" };
            if !good && shown == group {
                show(&subject, &file, &mutant, &findings);
            }
        }
    }
    println!();
    for (schema, score) in &schemas {
        score.print(schema);
    }
    println!();
    for (kind, score) in &kinds {
        score.print(kind.name());
    }
    unions.print("inside a union (any kind)");
    println!();
    tuning.print("schemas used for tuning");
    held_out.print("schemas held out");
    all.print("all");
    assert!(all.mutants >= 400, "only {} mutants", all.mutants);
    for (group, score) in [("all", all), ("in unions", unions), ("held out", held_out)] {
        assert!(100 * score.perfect >= 97 * score.mutants, "{group}: {score:?}");
        assert!(100 * score.named >= 97 * score.typos, "{group}: {score:?}");
    }
}
