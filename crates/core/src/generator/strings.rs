//! Strings at the boundaries of two schemas.

use serde_json::Value;

use super::patterns;
use crate::schema::conjunction::Conjunction;
use crate::schema::language::{Languages, Wanted};

/// Longer strings are not made.
const MAX_LENGTH: u64 = 2_000;

/// Strings of every length that matters to either schema, of their patterns and of their formats.
pub fn of<'a>(languages: &mut Languages, premise: &Conjunction<'a>, aim: &Conjunction<'a>) -> Vec<String> {
    let mut found = told_apart(languages, &premise.strings(), aim);
    let both = [premise, aim];
    for schema in both {
        for (_, format) in schema.each("format") {
            found.extend(format.as_str().into_iter().flat_map(of_format).map(|text| (*text).to_owned()));
        }
    }
    let mut lengths: Vec<u64> = Vec::new();
    for schema in both {
        for keyword in ["minLength", "maxLength"] {
            let limits = schema.each(keyword).filter_map(|(_, value)| crate::schema::conjunction::whole(value));
            lengths.extend(limits.flat_map(|limit| [limit, limit.saturating_sub(1), limit.saturating_add(1)]));
        }
    }
    lengths.retain(|length| *length <= MAX_LENGTH);
    let wanted = premise.at_least("minLength").min(MAX_LENGTH);
    for schema in both {
        for pattern in schema.each("pattern").filter_map(|(_, value)| value.as_str()) {
            for sample in patterns::samples(pattern) {
                found.push(fit(&sample, wanted));
                found.push(sample);
            }
        }
    }
    // The plainest first, unless a pattern or format asks for something else.
    found.extend(["a", "", "0", "x y", "A", "-", "é", "null", "true", "1.5"].map(str::to_owned));
    found.extend(lengths.into_iter().map(|length| "a".repeat(usize::try_from(length).unwrap_or(0))));
    found
}

/// Strings that satisfy the premise's patterns and lengths, and that a pattern of the aim does not find, or does.
fn told_apart(languages: &mut Languages, own: &Wanted, aim: &Conjunction<'_>) -> Vec<String> {
    let patterns: Vec<&str> = aim.each("pattern").filter_map(|(_, pattern)| pattern.as_str()).collect();
    if own.found.is_empty() && patterns.is_empty() {
        return Vec::new();
    }
    let missing = |pattern: &&str| Wanted { missed: [(*pattern).to_owned()].into(), ..own.clone() };
    let with = |pattern: &&str| {
        let mut with = own.clone();
        with.found.insert((*pattern).to_owned());
        with
    };
    let asked: Vec<Wanted> =
        patterns.iter().map(missing).chain([own.clone()]).chain(patterns.iter().map(with)).collect();
    asked.iter().filter_map(|wanted| languages.shortest(wanted)).collect()
}

/// A sample made longer by repeating its last character.
fn fit(sample: &str, wanted: u64) -> String {
    let length = sample.chars().count() as u64;
    let last = sample.chars().last().unwrap_or('a');
    let missing = usize::try_from(wanted.saturating_sub(length)).unwrap_or(0);
    sample.chars().chain(std::iter::repeat_n(last, missing)).collect()
}

/// Strings of a format, and some of related formats.
fn of_format(format: &str) -> &'static [&'static str] {
    match format {
        "date" => &["2024-02-29", "1999-12-31"],
        "date-time" => &["2024-02-29T12:30:00Z", "1999-12-31T23:59:59+01:00", "2024-01-01t00:00:00.5z"],
        "time" => &["12:30:00Z", "23:59:59+01:00"],
        "duration" => &["P1D", "PT1H30M", "P1W"],
        "email" | "idn-email" => &["a@example.org", "a.b+c@sub.example.org"],
        "hostname" | "idn-hostname" => &["example.org", "localhost", "a-b.example"],
        "ipv4" => &["192.0.2.1", "127.0.0.1"],
        "ipv6" => &["2001:db8::1", "::1"],
        "uri" | "iri" => &["https://example.org/a?b#c", "urn:a:b", "mailto:a@example.org"],
        "uri-reference" | "iri-reference" => &["/a/b", "https://example.org/", "#c", "a"],
        "uri-template" => &["https://example.org/{id}", "a"],
        "uuid" => &["123e4567-e89b-12d3-a456-426614174000"],
        "json-pointer" => &["/a/0", ""],
        "relative-json-pointer" => &["0", "1/a"],
        "regex" => &["^a+$", "a"],
        _ => &[],
    }
}

/// Names of members: those that a schema for names asks for, and plain ones.
pub fn names<'a>(languages: &mut Languages, premise: &Conjunction<'a>, aim: &Conjunction<'a>) -> Vec<String> {
    let listed = |schema: &Conjunction<'_>| -> Vec<String> {
        let values = schema.listed_values().into_iter().flatten();
        values.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut found = listed(premise);
    found.extend(listed(aim));
    found.extend(of(languages, premise, aim));
    found
}
