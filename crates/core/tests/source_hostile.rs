//! Input made to do harm ends in one specific finding, soon and on a small stack.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::time::{Duration, Instant};

use setpoint_core::source::{Format, Limits, parse, read_fast};

/// The codes found, by a thread with the stack that a browser gives a WebAssembly instance.
fn codes(text: impl Into<Vec<u8>>, format: Format, limits: Limits) -> Vec<&'static str> {
    let text = text.into();
    let started = Instant::now();
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(move || {
        if format == Format::Json {
            assert_eq!(read_fast(&text, &limits), None);
        }
        let parsed = parse(&text, format, &limits);
        parsed.drafts.iter().map(|draft| draft.check.code).collect::<Vec<_>>()
    });
    let codes = thread.unwrap().join().unwrap();
    // Debug builds on busy machines are slow; a hang is another order of magnitude.
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    codes
}

const LIMIT: [&str; 1] = ["limit-exceeded"];

#[test]
fn deep_nesting_ends_at_the_limit_in_every_format() {
    let deepest = Limits { depth: usize::MAX, ..Limits::default() };
    for limits in [Limits::default(), deepest] {
        for (text, format) in [
            ("[".repeat(200_000), Format::Json),
            ("{\"a\":".repeat(200_000), Format::Json),
            ("[/**/".repeat(200_000), Format::Jsonc),
            ("[".repeat(200_000), Format::Yaml),
            ("{a: ".repeat(200_000), Format::Yaml),
            ("- ".repeat(200_000), Format::Yaml),
            ("? ".repeat(200_000), Format::Yaml),
            (format!("a = {}", "[".repeat(200_000)), Format::Toml),
            (format!("{}={}", "a=1\n", "a.".repeat(200_000)), Format::Toml),
            (format!("[{}a]\n", "a.".repeat(200_000)), Format::Toml),
            (format!("x={}1", format!("{{{}=", ["a"; 75].join(".")).repeat(75)), Format::Toml),
        ] {
            let start: String = text.chars().take(12).collect();
            let found = codes(text, format, limits);
            let keys = found == ["key-not-a-scalar"] && start.starts_with("? ");
            assert!(
                keys || found == LIMIT || format == Format::Toml && found == ["syntax-error"],
                "{start} {format:?} {found:?}"
            );
        }
    }
}

#[test]
fn a_hundred_megabytes_of_brackets_are_refused_for_their_size() {
    let text = vec![b'['; 100_000_000];
    for format in [Format::Json, Format::Jsonc, Format::Yaml, Format::Toml] {
        let drafts = parse(&text, format, &Limits::default()).drafts;
        assert_eq!(drafts.len(), 1);
        assert_eq!(drafts[0].message, "the document is too large");
    }
}

#[test]
fn billion_laughs_end_at_the_limit_on_values() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    assert_eq!(codes(text, Format::Yaml, Limits::default()), LIMIT);
}

#[test]
fn one_large_string_repeated_by_aliases_ends_at_the_limit_on_bytes() {
    let text = format!("- &a {}\n{}", "x".repeat(1_000_000), "- *a\n".repeat(200_000));
    assert_eq!(codes(text, Format::Yaml, Limits::default()), LIMIT);
}

#[test]
fn anchors_around_anchors_do_not_multiply_what_is_kept() {
    let inner = "1,".repeat(100_000);
    let open: String = (0..90).map(|level| format!("&a{level} [")).collect();
    let text = format!("{open}{inner}{}", "]".repeat(90));
    assert_eq!(codes(format!("x: {text}\ny: *a89\n"), Format::Yaml, Limits::default()), LIMIT);
}

#[test]
fn aliases_that_nest_end_at_the_limit_on_depth() {
    let mut text = "a0: &a0 [x]\n".to_owned();
    for level in 1..200 {
        text.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    assert_eq!(codes(text, Format::Yaml, Limits::default()), LIMIT);
}

#[test]
fn a_number_of_fifty_thousand_digits_is_refused() {
    let digits = "9".repeat(50_000);
    for (text, format) in [
        (format!("[{digits}]"), Format::Json),
        (format!("[0.{digits}]"), Format::Json),
        (digits.clone(), Format::Jsonc),
        (format!("a: {digits}\n"), Format::Yaml),
        (format!("a: 0x{digits}\n"), Format::Yaml),
        (format!("a = {digits}\n"), Format::Toml),
        (format!("a = 0.{digits}\n"), Format::Toml),
    ] {
        assert_eq!(codes(text, format, Limits::default()), LIMIT, "{format:?}");
    }
}

#[test]
fn too_many_values_are_refused() {
    let limits = Limits { nodes: 100, ..Limits::default() };
    let items = "1,".repeat(200);
    for (text, format) in [
        (format!("[{items}1]"), Format::Json),
        (format!("[{items}]"), Format::Yaml),
        (format!("a = [{items}]"), Format::Toml),
    ] {
        assert_eq!(codes(text, format, limits), LIMIT, "{format:?}");
    }
}

#[test]
fn broken_encodings_name_the_first_bad_byte() {
    for (text, at, message) in [
        (&b"{\"a\": \"\xe4\"}"[..], 7, "the byte E4 is not valid UTF-8"),
        (b"a\xc3", 1, "the text ends inside a character"),
        (b"\xff\xfe{\0", 0, "the file is UTF-16"),
    ] {
        for format in [Format::Json, Format::Jsonc, Format::Yaml, Format::Toml] {
            let drafts = parse(text, format, &Limits::default()).drafts;
            assert_eq!(drafts.len(), 1);
            assert_eq!((drafts[0].check.code, drafts[0].message.as_str()), ("invalid-utf8", message));
            assert!(matches!(drafts[0].place, setpoint_core::finding::Place::Bytes(start, _) if start == at));
        }
    }
}

#[test]
fn an_object_of_many_equal_keys_is_read_in_reasonable_time() {
    let same = format!("{{{}\"a\":1}}", "\"a\":1,".repeat(200_000));
    let parsed = parse(same.as_bytes(), Format::Json, &Limits::default());
    assert_eq!(parsed.root.unwrap().to_json_text(), "{\"a\":1}");
}
