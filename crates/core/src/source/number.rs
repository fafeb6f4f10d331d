//! Numbers: from what the formats allow to the grammar of RFC 8259, without losing a digit.

/// Whether a number in JSON grammar has a value as a double. `serde_json` decides, because it is what reads the
/// number for validation.
pub(super) fn is_finite(text: &str) -> bool {
    // Fifteen characters without an exponent cannot overflow; this is every number that people write.
    (text.len() <= 15 && !text.contains(['e', 'E'])) || serde_json::from_str::<serde_json::Number>(text).is_ok()
}

/// The number as `serde_json` reads it. The text is a JSON number that [`is_finite`]; anything else is null.
pub(super) fn value(text: &str) -> serde_json::Value {
    // Whole numbers are most of what people write, and need no parser. Minus zero is a double.
    if !text.is_empty() && text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let digits = text.bytes().fold(0_u64, |number, digit| number * 10 + u64::from(digit - b'0'));
        return digits.into();
    }
    serde_json::from_str(text).unwrap_or_default()
}

/// Whether a double holds a number of JSON, so that reading it as one and writing it again gives the same number.
pub(crate) fn is_double(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(|double| double.is_finite() && significant(&double.to_string()) == significant(text))
}

/// The digits of a number without zeros around them, and the place of the last one.
fn significant(text: &str) -> (String, i64) {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.trim_start_matches('-').split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{}{fraction}", whole.trim_start_matches('-'));
    let digits = all.trim_end_matches('0');
    let length = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
    let exponent = exponent.parse::<i64>().unwrap_or_default();
    let place = exponent.saturating_sub(length(fraction)).saturating_add(length(&all) - length(digits));
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() { (String::new(), 0) } else { (digits.to_owned(), place) }
}

/// A decimal number with the freedoms of YAML and TOML (`+1`, `012`, `.5`, `5.`) in JSON grammar; `None` when the
/// text is no such number. Underscores are the caller's business.
pub(super) fn decimal(text: &str) -> Option<String> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (rest, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, fraction),
        None => (mantissa, ""),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let mut number = String::with_capacity(text.len() + 1);
    if negative {
        number.push('-');
    }
    let significant = whole.trim_start_matches('0');
    number.push_str(if significant.is_empty() { "0" } else { significant });
    if !fraction.is_empty() {
        number.push('.');
        number.push_str(fraction);
    }
    if let Some(exponent) = exponent {
        let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if unsigned.is_empty() || !digits(unsigned) {
            return None;
        }
        number.push('e');
        number.push_str(exponent);
    }
    Some(number)
}

/// An unsigned integer in base `radix` (2, 8 or 16) as decimal digits; `None` when it is empty or has other digits.
pub(super) fn from_radix(digits: &str, radix: u32) -> Option<String> {
    const LIMB: u64 = 1_000_000_000;
    if digits.is_empty() {
        return None;
    }
    // Schoolbook conversion in limbs of nine decimal digits, least significant first. The limit on digits keeps
    // the square small.
    let mut limbs: Vec<u64> = vec![0];
    for digit in digits.chars() {
        let mut carry = u64::from(digit.to_digit(radix)?);
        for limb in &mut limbs {
            let value = *limb * u64::from(radix) + carry;
            *limb = value % LIMB;
            carry = value / LIMB;
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    let mut text = String::new();
    for limb in limbs.iter().rev() {
        if text.is_empty() { text.push_str(&limb.to_string()) } else { text.push_str(&format!("{limb:09}")) }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_what_the_json_parser_makes_of_it() {
        for text in
            ["0", "7", "-0", "-7", "999999999999999", "18446744073709551615", "0.5", "1e3", "123456789012345678901"]
        {
            assert_eq!(Some(value(text)), serde_json::from_str(text).ok(), "{text}");
        }
    }

    #[test]
    fn decimals_take_the_json_grammar_and_keep_their_digits() {
        let cases = [
            ("012", Some("12")),
            ("+1", Some("1")),
            ("-0", Some("-0")),
            ("000", Some("0")),
            (".5", Some("0.5")),
            ("5.", Some("5")),
            ("1.50", Some("1.50")),
            ("12345678901234567890123", Some("12345678901234567890123")),
            ("1E+5", Some("1e+5")),
            ("-.5e-3", Some("-0.5e-3")),
            (".", None),
            ("", None),
            ("1e", None),
            ("1e+", None),
            ("--1", None),
            ("1.2.3", None),
        ];
        for (text, number) in cases {
            assert_eq!(decimal(text).as_deref(), number, "{text}");
        }
    }

    #[test]
    fn other_bases_become_decimal_at_any_length() {
        assert_eq!(from_radix("1F", 16).as_deref(), Some("31"));
        assert_eq!(from_radix("17", 8).as_deref(), Some("15"));
        assert_eq!(from_radix("0", 2).as_deref(), Some("0"));
        assert_eq!(from_radix("ffffffffffffffffffff", 16).as_deref(), Some("1208925819614629174706175"));
        assert_eq!(from_radix("8", 8), None);
        assert_eq!(from_radix("", 16), None);
    }

    #[test]
    fn a_number_beyond_the_largest_double_is_not_finite() {
        assert!(is_finite("1e308"));
        assert!(!is_finite("1e400"));
        assert!(is_finite("1e-400"));
        assert!(!is_finite(&"9".repeat(400)));
    }
}
