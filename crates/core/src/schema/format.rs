//! What the formats mean to the validator: which it looks at, which say all that another says, and how long their strings are.
//!
//! The validator's own functions decide; what stands here about them is held against them by the tests.

use jsonschema::Draft;

/// Whether a validator of this dialect looks at a format. It passes over all others.
pub fn asserts(format: &str, draft: Draft) -> bool {
    match format {
        "date" | "date-time" | "email" | "hostname" | "ipv4" | "ipv6" | "regex" | "time" | "uri" => true,
        "json-pointer" | "uri-reference" | "uri-template" => draft >= Draft::Draft6,
        "iri" | "iri-reference" | "relative-json-pointer" => draft >= Draft::Draft7,
        "duration" | "uuid" => draft >= Draft::Draft201909,
        _ => false,
    }
}

/// Whether every string of one format is one of another, both read in their dialects. `false` says nothing.
pub fn implies(own: (&str, Draft), wanted: (&str, Draft)) -> bool {
    match (own.0, wanted.0) {
        // Drafts 4 and 6 read RFC 1034; the later ones refuse some of its names.
        ("hostname", "hostname") => own.1 > Draft::Draft6 || wanted.1 <= Draft::Draft6,
        // RFC 3986 and RFC 3987: a reference may be a URI, and an IRI may do without other characters.
        ("uri", "uri-reference" | "iri" | "iri-reference") => true,
        ("uri-reference" | "iri", "iri-reference") => true,
        (own, wanted) => own == wanted,
    }
}

/// The length of the shortest and of the longest string of a format, in characters. There may be none of either length.
pub fn lengths(format: &str) -> (u64, Option<u64>) {
    match format {
        "date" => (10, Some(10)),
        "date-time" => (20, None),
        "time" => (9, None),
        "duration" => (3, None),
        "email" => (3, None),
        "hostname" => (1, Some(253)),
        "ipv4" => (7, Some(15)),
        "ipv6" => (2, Some(45)),
        "uri" | "iri" => (2, None),
        "uuid" => (36, Some(36)),
        "relative-json-pointer" => (1, None),
        _ => (0, None),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use jsonschema::Validator;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    const NAMES: [&str; 21] = [
        "date",
        "date-time",
        "time",
        "duration",
        "email",
        "idn-email",
        "hostname",
        "idn-hostname",
        "ipv4",
        "ipv6",
        "uri",
        "uri-reference",
        "iri",
        "iri-reference",
        "uri-template",
        "uuid",
        "json-pointer",
        "relative-json-pointer",
        "regex",
        "color",
        "",
    ];
    const DRAFTS: [Draft; 5] = [Draft::Draft4, Draft::Draft6, Draft::Draft7, Draft::Draft201909, Draft::Draft202012];

    fn validator(format: &str, draft: Draft) -> Validator {
        let options = jsonschema::options().with_draft(draft).should_validate_formats(true);
        options.build(&json!({ "format": format })).unwrap()
    }

    #[test]
    fn a_format_is_looked_at_where_the_validator_refuses_something() {
        for format in NAMES {
            for draft in DRAFTS {
                // Not one of the formats accepts all of these.
                let refused = ["(", "{", "\u{0} ~", " "];
                let validator = validator(format, draft);
                let looks = refused.iter().any(|text| !validator.is_valid(&json!(text)));
                assert_eq!(asserts(format, draft), looks, "{format} in {draft:?}");
            }
        }
    }

    /// Strings near those of all formats.
    fn strings() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "2024-02-29",
            "T",
            "t",
            "12:30:00",
            "Z",
            "+01:00",
            ".5",
            "P1D",
            "P",
            "1",
            "W",
            "a",
            "b.c",
            "xn--",
            "x",
            "-",
            "ab--c",
            "@",
            "192.0.2.1",
            "::",
            "1",
            ":",
            "2001:db8",
            "http",
            "urn:",
            "//",
            "/",
            "?",
            "#",
            "%41",
            "%",
            "[::1]",
            "{",
            "}",
            "é",
            "ñ",
            "\u{ff0e}",
            "123e4567-e89b-12d3-a456-426614174000",
            "~0",
            "~",
            " ",
            "\\",
            "\"",
            "|",
            "^",
        ]);
        prop::collection::vec(pieces, 0..7).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn what_is_said_of_formats_holds_for_the_validator(text in strings()) {
            let value = Value::String(text.clone());
            let length = text.chars().count() as u64;
            for draft in [Draft::Draft6, Draft::Draft7, Draft::Draft202012] {
                let fits = |name: &str, draft: Draft| validator(name, draft).is_valid(&value);
                for own in NAMES.into_iter().filter(|name| asserts(name, draft) && fits(name, draft)) {
                    let (least, most) = lengths(own);
                    prop_assert!(least <= length && most.is_none_or(|most| length <= most), "`{text}` as {own}");
                    for later in [Draft::Draft6, Draft::Draft202012] {
                        for wanted in NAMES.into_iter().filter(|name| implies((own, draft), (name, later))) {
                            prop_assert!(fits(wanted, later), "`{text}` is {own} in {draft:?}, not {wanted} in {later:?}");
                        }
                    }
                }
            }
        }
    }
}
