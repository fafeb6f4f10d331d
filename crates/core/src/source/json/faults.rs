//! What the JSON scanner says is wrong, in the words of Setpoint.

use jsonc_parser::ParseStringErrorKind;
use jsonc_parser::errors::ParseErrorKind;

/// Message and expectation.
pub(super) fn words(kind: &ParseErrorKind) -> (&'static str, &'static str) {
    match kind {
        ParseErrorKind::String(ParseStringErrorKind::InvalidUnicodeEscapeSequence(_)) => {
            ("half of a surrogate pair stands alone", "two `\\u` escapes that form a pair")
        }
        ParseErrorKind::String(ParseStringErrorKind::ExpectedFourHexDigits) => {
            ("`\\u` is not followed by four hexadecimal digits", "four hexadecimal digits")
        }
        ParseErrorKind::String(_) => {
            ("a backslash does not start a known escape", "one of `\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u`")
        }
        ParseErrorKind::SingleQuotedStringsNotAllowed => ("a string stands in single quotes", "double quotes"),
        ParseErrorKind::HexadecimalNumbersNotAllowed => ("a number is hexadecimal", "a decimal number"),
        ParseErrorKind::UnaryPlusNumbersNotAllowed => ("a number starts with `+`", "a number without `+`"),
        ParseErrorKind::BareDecimalPointNumbersNotAllowed => {
            ("a decimal point has no digit on one of its sides", "digits on both sides of the point")
        }
        ParseErrorKind::NonFiniteNumbersNotAllowed => ("infinity is not a JSON number", "a finite number"),
        ParseErrorKind::ExpectedDigit
        | ParseErrorKind::ExpectedDigitFollowingNegativeSign
        | ParseErrorKind::ExpectedPlusMinusOrDigitInNumberLiteral => ("a number is incomplete", "a digit"),
        ParseErrorKind::UnterminatedCommentBlock => ("a comment is not closed", "`*/`"),
        _ => ("a character stands here that JSON does not know", "a value or punctuation of JSON"),
    }
}

/// What to say about a bare word, and the JSON word that its author meant.
pub(super) fn bare_word(word: &str) -> (String, Option<&'static str>) {
    let known = match word {
        "True" | "TRUE" => "true",
        "False" | "FALSE" => "false",
        "None" | "NULL" | "Null" | "nil" | "undefined" => "null",
        "NaN" | "Infinity" => return (format!("`{word}` is not a JSON number"), None),
        _ => return ("a word stands without quotes".to_owned(), None),
    };
    (format!("`{word}` is not a JSON word"), Some(known))
}
