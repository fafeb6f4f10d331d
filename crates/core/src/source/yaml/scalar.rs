//! What a plain scalar means in the YAML 1.2 core schema (section 10.3), and where YAML 1.1 readers differ.

use super::super::number;

/// The meaning of a plain scalar.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Plain {
    Null,
    Bool(bool),
    /// A number in JSON grammar.
    Number(String),
    /// Infinity or not a number: nothing that JSON has.
    NotFinite,
    String,
}

/// The meaning of a plain scalar in the core schema.
pub(super) fn resolve(text: &str) -> Plain {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Plain::Null,
        "true" | "True" | "TRUE" => return Plain::Bool(true),
        "false" | "False" | "FALSE" => return Plain::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Plain::NotFinite,
        _ => {}
    }
    if matches!(text.strip_prefix(['+', '-']).unwrap_or(text), ".inf" | ".Inf" | ".INF") {
        return Plain::NotFinite;
    }
    let integer = if let Some(digits) = text.strip_prefix("0o") {
        number::from_radix(digits, 8)
    } else if let Some(digits) = text.strip_prefix("0x") {
        number::from_radix(digits, 16)
    } else {
        number::decimal(text)
    };
    match integer {
        Some(number) if number::is_finite(&number) => Plain::Number(number),
        Some(_) => Plain::NotFinite,
        None => Plain::String,
    }
}

/// Whether a plain scalar is a number, told in time linear to its length.
pub(super) fn is_number(text: &str) -> bool {
    let digits = |rest: &str, radix| !rest.is_empty() && rest.chars().all(|digit| digit.is_digit(radix));
    text.strip_prefix("0x").is_some_and(|rest| digits(rest, 16))
        || text.strip_prefix("0o").is_some_and(|rest| digits(rest, 8))
        || number::decimal(text).is_some()
}

/// What YAML 1.1 readers (PyYAML, Ruby, older Go programs) make of a plain scalar, where that differs from the core
/// schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Surprise {
    /// A boolean: `yes`, `no`, `on`, `off`, `y`, `n`.
    Bool(bool),
    /// An octal number: `012`. `08` is none in YAML 1.1, where it is a string instead.
    Octal,
    /// A number to the base of 60: `12:30`.
    Sexagesimal,
}

/// Where YAML 1.1 and 1.2 part (YAML 1.1 type repository: bool, int, float).
pub(super) fn surprise(text: &str) -> Option<Surprise> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Some(Surprise::Bool(true)),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Some(Surprise::Bool(false)),
        _ => {}
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let octal = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    if unsigned.strip_prefix('0').is_some_and(octal) {
        return Some(Surprise::Octal);
    }
    is_sexagesimal(unsigned).then_some(Surprise::Sexagesimal)
}

/// `[1-9][0-9_]*(:[0-5]?[0-9])+` and the same with a fraction, where a leading zero is allowed too.
fn is_sexagesimal(text: &str) -> bool {
    let (text, fraction) = match text.split_once('.') {
        Some((text, fraction)) => (text, Some(fraction)),
        None => (text, None),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let mut parts = text.split(':');
    let Some(first) = parts.next() else { return false };
    let starts = first.starts_with(|start: char| start.is_ascii_digit() && (start != '0' || fraction.is_some()));
    let mut count = 0;
    starts
        && digits(first)
        && fraction.is_none_or(digits)
        && parts.all(|part| {
            count += 1;
            matches!(part.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9'])
        })
        && count > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_follow_the_core_schema() {
        let number = |text: &str| Plain::Number(text.to_owned());
        let cases = [
            ("", Plain::Null),
            ("~", Plain::Null),
            ("null", Plain::Null),
            ("nULL", Plain::String),
            ("True", Plain::Bool(true)),
            ("yes", Plain::String),
            ("012", number("12")),
            ("0o14", number("12")),
            ("0x1F", number("31")),
            ("-0x1F", Plain::String),
            ("0b11", Plain::String),
            ("+1", number("1")),
            ("1_000", Plain::String),
            ("1e3", number("1e3")),
            (".5", number("0.5")),
            ("5.", number("5")),
            ("1.10", number("1.10")),
            (".inf", Plain::NotFinite),
            ("-.INF", Plain::NotFinite),
            (".nan", Plain::NotFinite),
            ("1e999", Plain::NotFinite),
            ("12:30", Plain::String),
            ("2024-01-01", Plain::String),
            ("1.2.3", Plain::String),
            ("12345678901234567890", number("12345678901234567890")),
        ];
        for (text, meaning) in cases {
            assert_eq!(resolve(text), meaning, "{text}");
        }
    }

    #[test]
    fn the_readings_of_yaml_1_1_are_known() {
        let cases = [
            ("no", Some(Surprise::Bool(false))),
            ("On", Some(Surprise::Bool(true))),
            ("y", Some(Surprise::Bool(true))),
            ("nO", None),
            ("012", Some(Surprise::Octal)),
            ("-0755", Some(Surprise::Octal)),
            ("0", None),
            ("08", Some(Surprise::Octal)),
            ("0.5", None),
            ("12:30", Some(Surprise::Sexagesimal)),
            ("12:30:00", Some(Surprise::Sexagesimal)),
            ("1:30.5", Some(Surprise::Sexagesimal)),
            ("07:30", None),
            ("12:60", None),
            ("8080:80", None),
            ("22:22", Some(Surprise::Sexagesimal)),
            ("12:", None),
            ("a:30", None),
            ("1.5", None),
        ];
        for (text, expected) in cases {
            assert_eq!(surprise(text), expected, "{text}");
        }
    }
}
