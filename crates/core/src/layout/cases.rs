//! What a changed document looks like, by format; and that nothing is lost however it changes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

use super::{comments, keep, patch, reads_as, remember, restore};
use crate::migration::laws::moved;
use crate::source::{Format, reread as parsed};

const YAML: &str = "# Billing, region eu.\n# Ask team-payments.\n\n---\n# the gateway\nhttp:  # outside\n  # seconds\n  timeout_s: 5   # was 3\n  port: 80\n\n  hosts:\n    - name: a  # first\n      weight: 1\n    # second\n    - name: b\n      weight: 2\nlegacy: true  # drop me\n# plan of the tenant\nplan: 'pro'\nlist: [1, 2]\ntext: |\n  a # no comment\n  b\nlast: x\n# the end\n";
const JSON: &str = "{\n    // the gateway\n    \"http\": {\n        \"timeout_s\": 5, // was 3\n        \"port\": 80,\n        /* hosts */\n        \"hosts\": [\n            {\"name\": \"a\", \"weight\": 1}, // first\n            {\"name\": \"b\", \"weight\": 2}\n        ]\n    },\n    \"legacy\": true, // drop me\n    // plan of the tenant\n    \"plan\": \"pro\",\n    \"list\": [1, 2],\n    \"text\": \"a // no comment\\nb\\n\",\n    \"last\": \"x\"\n    // the end\n}\n";
const TOML: &str = "# Billing\n\nlegacy = true # drop me\n# plan of the tenant\nplan = 'pro'\nlist = [1, 2]\nlast = \"x # no comment\"\n\n# the gateway\n[http]\n  # seconds\n  timeout_s = 5 # was 3\n  port = 80\n\n# first\n[[http.hosts]]\n  name = \"a\"\n  weight = 1\n[[http.hosts]]\n  name = \"b\"\n  weight = 2\n# the end\n";

const STEPS: &[&str] = &[
    "[{rename: {at: /http, from: timeout_s, to: timeout_ms}}, {convert: {at: /http/timeout_ms, up: value * 1000, down: value / 1000}}]",
    "[{remove: {at: /legacy}}]",
    "[{add: {at: /http/tls, value: true}}, {add: {at: /extra, value: {a: 1, b: [x, 'yes'], c: {}}}}]",
    "[{move: {from: /http/port, to: /listen/port}}]",
    "[{move: {from: /http/hosts, to: /hosts}}]",
    "[{move: {from: /plan, to: /http/plan}}]",
    "[{move: {from: /http, to: /net/http}}]",
    "[{wrap: {at: /plan}}, {wrap: {at: /last, key: value}}]",
    "[{entries: {at: /http, key: name, value: v}}]",
    "[{from-entries: {at: /http/hosts, key: name}}]",
    "[{filter: {at: /http/hosts, where: 'value.name == \"b\"'}}]",
    "[{for-each: {at: /http/hosts, steps: [{rename: {from: weight, to: w}}, {add: {at: /z, value: 0}}]}}]",
    "[{remove: {at: /http/timeout_s}}, {remove: {at: /http/port}}, {remove: {at: /http/hosts}}]",
    "[{map: {at: /plan, values: {pro: gold}}}, {convert: {at: /list, up: 'value + [3]', down: 'value.filter(x, x != 3)'}}]",
    "[{remove: {at: /last}}, {remove: {at: /http}}]",
    "[{convert: {at: '', up: '[self]', down: 'value[0]'}}]",
];

const TEXTS: &[(&str, Format)] = &[(YAML, Format::Yaml), (JSON, Format::Jsonc), (TOML, Format::Toml)];

#[test]
fn whatever_changes_the_text_reads_as_the_document_and_has_its_comments_and_comes_back() {
    for (text, format) in TEXTS {
        let root = parsed(text, *format).unwrap();
        for steps in STEPS {
            let moved = moved(steps, &root);
            // TOML has tables at its root only.
            let Some(above) = keep(text, *format, &root, &moved) else { continue };
            assert!(reads_as(&above, *format, &moved), "{steps}\n{above}");
            let found = comments::of(&above, *format, &parsed(&above, *format).unwrap()).len();
            assert_eq!(found, comments::of(text, *format, &root).len(), "{steps}\n{above}");
            let hunks = remember(text.as_bytes(), &root, &above);
            let again = restore(above.as_bytes(), *format, &parsed(&above, *format).unwrap(), &root, &hunks);
            assert_eq!(again.as_deref(), Some(*text), "{steps}");
        }
    }
}

#[test]
fn what_did_not_change_stays_as_it_is() {
    let cases = [
        (YAML, Format::Yaml, 0, ("  timeout_s: 5   # was 3", "  timeout_ms: 5000   # was 3")),
        (YAML, Format::Yaml, 2, ("      weight: 2\nlegacy", "      weight: 2\n  tls: true\nlegacy")),
        (
            YAML,
            Format::Yaml,
            8,
            ("  # seconds\n  timeout_s: 5   # was 3", "  - name: timeout_s\n    # seconds\n    v: 5   # was 3"),
        ),
        (YAML, Format::Yaml, 9, ("    # second\n    - name: b\n      weight", "    # second\n    b:\n      weight")),
        (YAML, Format::Yaml, 13, ("plan: 'pro'\nlist: [1, 2]", "plan: 'gold'\nlist: [1, 2, 3]")),
        (JSON, Format::Jsonc, 0, ("\"timeout_s\": 5, // was 3", "\"timeout_ms\": 5000, // was 3")),
        (JSON, Format::Jsonc, 1, ("    \"legacy\": true, // drop me\n", "    // drop me\n")),
        (
            JSON,
            Format::Jsonc,
            5,
            (
                "            {\"name\": \"b\", \"weight\": 2}\n        ]\n",
                "            {\"name\": \"b\", \"weight\": 2}\n        ],\n        // plan of the tenant\n        \"plan\": \"pro\"\n",
            ),
        ),
        (TOML, Format::Toml, 0, ("  timeout_s = 5 # was 3", "  timeout_ms = 5000 # was 3")),
        (TOML, Format::Toml, 1, ("legacy = true # drop me\n", "# drop me\n")),
        (TOML, Format::Toml, 6, ("[http]", "[net.http]")),
        (TOML, Format::Toml, 11, ("  weight = 1\n", "  w = 1\n  z = 0\n")),
    ];
    for (text, format, steps, (before, after)) in cases {
        let root = parsed(text, format).unwrap();
        let steps = STEPS[steps];
        let above = keep(text, format, &root, &moved(steps, &root)).unwrap();
        assert!(text.contains(before) && above.contains(after), "{steps}: no\n{after}\nin\n{above}");
    }
}

#[test]
fn compact_json_stays_compact() {
    let text = r#"{"a":1,"b":{"c":[1,2]},"d":1.50}"#;
    let root = parsed(text, Format::Json).unwrap();
    let above = keep(
        text,
        Format::Json,
        &root,
        &moved("[{rename: {from: b, to: x}}, {add: {at: /x/y, value: {z: 1}}}]", &root),
    );
    assert_eq!(above.as_deref(), Some(r#"{"a":1,"x":{"c":[1,2],"y":{"z":1}},"d":1.50}"#));
}

#[test]
fn a_text_that_was_edited_gets_the_rest_back_as_it_was() {
    let root = parsed(YAML, Format::Yaml).unwrap();
    let above = keep(YAML, Format::Yaml, &root, &moved(STEPS[12], &root)).unwrap();
    let hunks = remember(YAML.as_bytes(), &root, &above);
    let edited = above.replace("last: x", "last: z");
    let back = patch::apply(&edited, &hunks).unwrap();
    assert_eq!(back, YAML.replace("last: x", "last: z"));
}
