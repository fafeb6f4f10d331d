//! Strings that a regular expression finds.

use std::collections::BTreeSet;

use regex_syntax::hir::{Class, Hir, HirKind, Look};

use crate::schema::language::{Languages, Wanted};

/// How many samples of one pattern are made.
const MAX_SAMPLES: usize = 24;
/// No repetition is longer.
const MAX_REPEATS: u32 = 64;
/// No sample is longer, in bytes.
const MAX_BYTES: usize = 4_000;

/// Strings that the pattern probably finds: the shortest, then one choice changed at a time. Patterns with look-around or
/// back-references have none here.
pub fn samples(pattern: &str) -> Vec<String> {
    let Ok(hir) = regex_syntax::Parser::new().parse(&pattern.replace("\\/", "/")) else { return Vec::new() };
    let mut found = of(&hir);
    // What is found anywhere may have something around it.
    let (prefix, suffix) = (hir.properties().look_set_prefix(), hir.properties().look_set_suffix());
    if let Some(first) = found.first().cloned() {
        if !prefix.contains(Look::Start) {
            found.extend([format!("a{first}"), format!("-{first}")]);
        }
        if !suffix.contains(Look::End) {
            found.extend([format!("{first}a"), format!("{first}-")]);
        }
    }
    found.retain(|sample| sample.len() <= MAX_BYTES);
    found.truncate(MAX_SAMPLES);
    found
}

/// Names that the patterns of one schema find and those of the other do not, and samples of both.
pub fn names(languages: &mut Languages, one: &BTreeSet<&str>, other: &BTreeSet<&str>) -> Vec<String> {
    let mut found = Vec::new();
    let all = |patterns: &BTreeSet<&str>| patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
    for (patterns, missed) in [(one, other), (other, one)] {
        for pattern in patterns.difference(missed) {
            let wanted = Wanted { found: [(*pattern).to_owned()].into(), missed: all(missed), ..Wanted::default() };
            found.extend(languages.shortest(&wanted));
        }
    }
    for pattern in one.union(other) {
        found.extend(samples(pattern).into_iter().take(3));
    }
    found
}

fn of(hir: &Hir) -> Vec<String> {
    let mut found = match hir.kind() {
        HirKind::Empty => vec![String::new()],
        HirKind::Look(Look::Start | Look::End | Look::StartLF | Look::EndLF) => vec![String::new()],
        HirKind::Look(_) => vec![String::new()],
        HirKind::Literal(literal) => vec![String::from_utf8_lossy(&literal.0).into_owned()],
        HirKind::Class(class) => characters(class),
        HirKind::Capture(capture) => of(&capture.sub),
        HirKind::Alternation(branches) => branches.iter().flat_map(|branch| of(branch).into_iter().take(4)).collect(),
        HirKind::Repetition(repetition) => {
            let inner = of(&repetition.sub);
            let least = repetition.min.min(MAX_REPEATS);
            let most = repetition.max.unwrap_or(least.saturating_add(3)).min(MAX_REPEATS).max(least);
            let mut found = Vec::new();
            for times in [least, least.saturating_add(1).min(most), most] {
                let first = inner.first().cloned().unwrap_or_default();
                found.push(first.repeat(usize::try_from(times).unwrap_or(0)));
            }
            // The other choices of what is repeated.
            for other in inner.iter().skip(1).take(6) {
                found.push(other.repeat(usize::try_from(least.max(1)).unwrap_or(1)));
            }
            found
        }
        HirKind::Concat(parts) => {
            let choices: Vec<Vec<String>> = parts.iter().map(of).collect();
            let first = |except: Option<(usize, &String)>| -> String {
                let chosen = choices.iter().enumerate().map(|(index, choice)| match except {
                    Some((at, other)) if at == index => other.clone(),
                    _ => choice.first().cloned().unwrap_or_default(),
                });
                chosen.collect()
            };
            let mut found = vec![first(None)];
            for (index, choice) in choices.iter().enumerate() {
                found.extend(choice.iter().skip(1).map(|other| first(Some((index, other)))));
            }
            found
        }
    };
    found.retain(|sample| sample.len() <= MAX_BYTES);
    found.dedup();
    found.truncate(MAX_SAMPLES);
    found
}

/// One character of each range, those that people type first.
fn characters(class: &Class) -> Vec<String> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.ranges().iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => {
            class.ranges().iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect()
        }
    };
    let plain = ['a', 'A', '0', '1', '-', '_', '.', ' ', 'z', 'é'];
    let within = |character: char| ranges.iter().any(|(start, end)| (*start..=*end).contains(&character));
    let mut found: Vec<char> = plain.into_iter().filter(|character| within(*character)).collect();
    for (start, end) in ranges.iter().take(8) {
        found.extend([*start, *end]);
    }
    let mut seen = BTreeSet::new();
    found.retain(|character| seen.insert(*character));
    found.into_iter().take(12).map(String::from).collect()
}
