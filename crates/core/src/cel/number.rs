//! Numbers: arithmetic that does not wrap, order across kinds, and text.

use std::cmp::Ordering;

/// A number of any kind.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// A whole number.
    Int(i64),
    /// A whole number that is not negative.
    Uint(u64),
    /// A floating-point number.
    Double(f64),
}

impl Number {
    /// How two numbers are ordered as numbers, whatever their kind; `None` when one is not a number.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Double(left), Self::Double(right)) => left.partial_cmp(&right),
            (Self::Double(left), right) => right.compare(Self::Double(left)).map(Ordering::reverse),
            (left, Self::Double(right)) => compare_exactly(left.whole(), right),
            (left, right) => Some(left.whole().cmp(&right.whole())),
        }
    }

    /// A whole number of either kind.
    fn whole(self) -> i128 {
        match self {
            Self::Int(number) => i128::from(number),
            Self::Uint(number) => i128::from(number),
            Self::Double(_) => 0,
        }
    }
}

/// A whole number beside a double, without rounding either.
fn compare_exactly(whole: i128, double: f64) -> Option<Ordering> {
    if double.is_nan() {
        return None;
    }
    if double >= 2_f64.powi(100) {
        return Some(Ordering::Less);
    }
    if double <= -2_f64.powi(100) {
        return Some(Ordering::Greater);
    }
    #[allow(clippy::cast_possible_truncation, reason = "below 2 to the power of 100, and integral")]
    let floor = double.floor() as i128;
    Some(whole.cmp(&floor).then(if double.fract() == 0.0 { Ordering::Equal } else { Ordering::Less }))
}

/// A double as a whole number, when it is within range; its fraction is dropped.
pub fn truncated(double: f64) -> Option<i64> {
    // The bounds themselves do not have an exact double within the range, so they are out.
    #[allow(clippy::cast_possible_truncation, reason = "within range")]
    (double > -9_223_372_036_854_775_808.0 && double < 9_223_372_036_854_775_808.0).then_some(double as i64)
}

/// As [`truncated`], for numbers that are not negative.
pub fn truncated_unsigned(double: f64) -> Option<u64> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within range")]
    (double > -1.0 && double < 18_446_744_073_709_551_616.0).then_some(double as u64)
}

/// A double as text: the fewest digits that read back as the same number, with an exponent below `1e-4` and from `1e21` on.
pub fn written(double: f64) -> String {
    if double.is_nan() {
        return "NaN".to_owned();
    }
    if double.is_infinite() {
        return if double > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{double:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if double != 0.0 && !(-4..21).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.unsigned_abs());
    }
    format!("{double}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_different_kinds_are_compared_without_rounding() {
        use Number::{Double, Int, Uint};
        for (left, right, expected) in [
            (Int(1), Double(1.0), Some(Ordering::Equal)),
            (Int(9_007_199_254_740_993), Double(9_007_199_254_740_992.0), Some(Ordering::Greater)),
            (Int(-1), Uint(0), Some(Ordering::Less)),
            (Uint(u64::MAX), Double(18_446_744_073_709_551_616.0), Some(Ordering::Less)),
            (Double(f64::INFINITY), Int(i64::MAX), Some(Ordering::Greater)),
            (Int(i64::MIN), Double(f64::NEG_INFINITY), Some(Ordering::Greater)),
            (Double(-0.5), Int(0), Some(Ordering::Less)),
            (Int(-1), Double(-0.5), Some(Ordering::Less)),
            (Double(f64::NAN), Int(0), None),
        ] {
            assert_eq!(left.compare(right), expected, "{left:?} {right:?}");
        }
    }

    #[test]
    fn doubles_are_written_with_the_fewest_digits() {
        for (double, text) in
            [(1.5, "1.5"), (1.0, "1"), (-0.0, "-0"), (1e21, "1e+21"), (1e-5, "1e-05"), (123_456_789.0, "123456789")]
        {
            assert_eq!(written(double), text);
        }
    }
}
