//! Where Setpoint answers differently from the official suite on purpose: `tests/conformance/deviations.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;

use serde::{Deserialize, Serialize};
use setpoint_core::report::{DocumentReport, Verdict};

/// What Setpoint says about a document of the suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// The document is right.
    Pass,
    /// The document is wrong.
    Fail,
    /// The schema is refused, so no document passes.
    Refused,
}

impl Answer {
    /// The answer that a report amounts to.
    pub fn of(report: &DocumentReport) -> Self {
        match report.verdict {
            _ if report.findings.iter().any(|finding| finding.code == "unusable-schema") => Self::Refused,
            Verdict::Pass => Self::Pass,
            Verdict::Fail | Verdict::Undecided => Self::Fail,
        }
    }

    /// Whether the suite says the same.
    pub fn agrees(self, valid: bool) -> bool {
        self == if valid { Self::Pass } else { Self::Fail }
    }
}

/// One deliberate deviation. It covers every test of the named file, or of the named group, or the named test; each of
/// these has to deviate, in each of the drafts, with this answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Deviation {
    drafts: Vec<String>,
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    test: Option<String>,
    answer: Answer,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    #[serde(rename = "about")]
    _about: String,
    deviations: Vec<Deviation>,
}

/// A test of the suite with both answers.
pub struct Judged<'s> {
    pub draft: &'s str,
    pub file: &'s str,
    pub group: &'s str,
    pub test: &'s str,
    pub valid: bool,
    pub answer: Answer,
    /// The findings, for whoever has to understand the difference.
    pub findings: String,
}

impl Deviation {
    fn covers(&self, draft: &str, judged: &Judged<'_>) -> bool {
        draft == judged.draft
            && self.file == judged.file
            && self.group.as_deref().is_none_or(|group| group == judged.group)
            && self.test.as_deref().is_none_or(|test| test == judged.test)
    }
}

/// Counts for one draft.
#[derive(Default)]
pub struct Count {
    pub tests: usize,
    pub agreed: usize,
    pub deviated: usize,
    pub refused: usize,
}

/// The outcome of holding the answers against the suite and the list.
#[derive(Default)]
pub struct Outcome {
    pub counts: BTreeMap<String, Count>,
    /// One text per fault: a difference that is not listed, or an entry of the list that is wrong.
    pub faults: Vec<String>,
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (draft, count) in &self.counts {
            writeln!(
                formatter,
                "  {draft:14} {:5} tests, {:5} as the suite says, {:3} listed deviations ({} of them schemas refused)",
                count.tests, count.agreed, count.deviated, count.refused
            )?;
        }
        Ok(())
    }
}

/// The list of this repository.
pub fn listed() -> String {
    fs::read_to_string(super::root().join("tests/conformance/deviations.json")).unwrap()
}

/// Holds all answers against the suite and a list of deviations.
pub fn judge(all: &[Judged<'_>], listed: &str) -> Outcome {
    let listed: Listed = serde_json::from_str(listed).unwrap();
    let mut outcome = Outcome::default();
    let mut explained = BTreeSet::new();
    for entry in &listed.deviations {
        if entry.reason.trim().is_empty() || (entry.test.is_some() && entry.group.is_none()) || entry.drafts.is_empty()
        {
            outcome.faults.push(format!("incomplete entry: {}", serde_json::to_string(entry).unwrap()));
        }
        for draft in &entry.drafts {
            let covered: Vec<usize> = (0..all.len()).filter(|index| entry.covers(draft, &all[*index])).collect();
            if covered.is_empty() {
                outcome.faults.push(format!("no such test in {draft}: {}", serde_json::to_string(entry).unwrap()));
            }
            for index in covered {
                let judged = &all[index];
                if judged.answer.agrees(judged.valid) || judged.answer != entry.answer {
                    outcome.faults.push(format!(
                        "listed as a deviation to {:?}, but the answer is {:?} and the suite says {}: {}",
                        entry.answer,
                        judged.answer,
                        if judged.valid { "valid" } else { "invalid" },
                        place(judged)
                    ));
                }
                if !explained.insert(index) {
                    outcome.faults.push(format!("listed twice: {}", place(judged)));
                }
            }
        }
    }
    for (index, judged) in all.iter().enumerate() {
        let count = outcome.counts.entry(judged.draft.to_owned()).or_default();
        count.tests += 1;
        if judged.answer.agrees(judged.valid) {
            count.agreed += 1;
        } else if explained.contains(&index) {
            count.deviated += 1;
            count.refused += usize::from(judged.answer == Answer::Refused);
        } else {
            let text = format!("not listed: {}\n    {}", entry_for(judged), judged.findings);
            outcome.faults.push(text);
        }
    }
    outcome
}

fn place(judged: &Judged<'_>) -> String {
    format!("{}/{}: {}: {}", judged.draft, judged.file, judged.group, judged.test)
}

/// The entry that would list a difference, but for its reason.
fn entry_for(judged: &Judged<'_>) -> String {
    let entry = Deviation {
        drafts: vec![judged.draft.to_owned()],
        file: judged.file.to_owned(),
        group: Some(judged.group.to_owned()),
        test: Some(judged.test.to_owned()),
        answer: judged.answer,
        reason: String::new(),
    };
    serde_json::to_string(&entry).unwrap()
}

#[test]
fn the_list_neither_hides_nor_outlives_a_difference() {
    let judged = |test, valid, answer| Judged {
        draft: "draft7",
        file: "a.json",
        group: "g",
        test,
        valid,
        answer,
        findings: String::new(),
    };
    let all = [judged("agrees", false, Answer::Fail), judged("differs", false, Answer::Pass)];
    let faults = |entries: &str| {
        let list = format!(r#"{{ "about": "", "deviations": [{entries}] }}"#);
        judge(&all, &list).faults.iter().map(|fault| fault.split(':').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let entry = |test: &str, answer: &str, reason: &str| {
        format!(
            r#"{{"drafts":["draft7"],"file":"a.json","group":"g","test":"{test}","answer":"{answer}","reason":"{reason}"}}"#
        )
    };
    let right = entry("differs", "pass", "so");
    assert_eq!(faults(&right), Vec::<String>::new());
    assert_eq!(faults(""), ["not listed"]);
    assert_eq!(faults(&entry("differs", "pass", "")), ["incomplete entry"]);
    assert_eq!(faults(&format!("{right},{right}")), ["listed twice"]);
    assert_eq!(faults(&format!("{right},{}", entry("gone", "pass", "so"))), ["no such test in draft7"]);
    let outlived = format!("{right},{}", entry("agrees", "fail", "so"));
    assert_eq!(faults(&outlived), ["listed as a deviation to Fail, but the answer is Fail and the suite says invalid"]);
    let other = entry("differs", "refused", "so");
    assert_eq!(faults(&other), ["listed as a deviation to Refused, but the answer is Pass and the suite says invalid"]);
}
