//! Comparing JSON numbers exactly.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// Integers up to here are exact as a double.
const EXACT: i128 = 1 << 53;

/// Which of two numbers is greater; `None` when that cannot be told exactly.
pub fn compare(left: &Number, right: &Number) -> Option<Ordering> {
    match (whole(left), whole(right)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        (Some(left), None) => against_float(left, right.as_f64()?),
        (None, Some(right)) => against_float(right, left.as_f64()?).map(Ordering::reverse),
        (None, None) => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

/// The number as an integer when it is one, `2.0` included.
fn whole(number: &Number) -> Option<i128> {
    #[allow(clippy::cast_possible_truncation, reason = "an integer within the range of i128 is exact")]
    number.as_i128().or_else(|| {
        number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 1e30).map(|float| float as i128)
    })
}

fn against_float(integer: i128, float: f64) -> Option<Ordering> {
    #[allow(clippy::cast_precision_loss, reason = "checked to be exact")]
    (-EXACT..=EXACT).contains(&integer).then(|| (integer as f64).partial_cmp(&float)).flatten()
}

/// Whether every multiple of `of` is a multiple of `factor`. Only integers are judged.
pub fn divides(factor: &Number, of: &Number) -> bool {
    match (whole(factor), whole(of)) {
        (Some(factor), Some(of)) if factor != 0 => of % factor == 0,
        _ => compare(factor, of) == Some(Ordering::Equal),
    }
}

/// Whether two values are equal as JSON Schema has it: numbers by value, members in any order.
pub fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => compare(left, right) == Some(Ordering::Equal),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| equal(value, other)))
        }
        _ => left == right,
    }
}
