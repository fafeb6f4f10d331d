//! Numbers at the boundaries of two schemas.

use serde_json::{Number, Value};

use crate::schema::conjunction::Conjunction;

/// Numbers around the bounds and factors of both schemas, and a few plain ones.
pub fn of<'a>(premise: &Conjunction<'a>, aim: &Conjunction<'a>) -> Vec<Value> {
    let mut found = Vec::new();
    let sides = [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")];
    let mut bounds: Vec<Number> = Vec::new();
    for schema in [premise, aim] {
        for (keyword, exclusive) in sides {
            bounds.extend(schema.bounds(keyword, exclusive).map(|bound| bound.at.clone()));
        }
    }
    let factors: Vec<&Number> = premise.multiples().chain(aim.multiples()).collect();
    for bound in &bounds {
        around(bound, &mut found);
    }
    for number in [1, 0, -1, 2, 3, 100] {
        found.push(Value::from(number));
    }
    for factor in &factors {
        for times in [1, 2, 3, 5, 7, -1] {
            found.extend(product(factor, times));
            // A multiple near each bound.
            for bound in &bounds {
                found.extend(near(factor, bound, times));
            }
        }
    }
    for number in [1.5, 0.5, -0.5, 1e-3, 1.0] {
        found.push(Value::from(number));
    }
    for number in [i64::from(i32::MAX) + 1, i64::MAX, i64::from(i32::MIN) - 1] {
        found.push(Value::from(number));
    }
    found.push(Value::from(1e300));
    found
}

/// A bound and what lies closely beside it.
fn around(bound: &Number, found: &mut Vec<Value>) {
    found.push(Value::Number(bound.clone()));
    match bound.as_i64() {
        Some(whole) => {
            found.extend([whole.checked_add(1), whole.checked_sub(1)].into_iter().flatten().map(Value::from));
            #[allow(clippy::cast_precision_loss, reason = "a guess")]
            found.extend([whole as f64 + 0.5, whole as f64 - 0.5].map(Value::from));
        }
        None => {
            if let Some(float) = bound.as_f64() {
                found.extend([float.floor(), float.ceil()].into_iter().filter_map(whole_value));
                found.extend([float + 0.5, float - 0.5, float + 1.0, float - 1.0].map(Value::from));
            }
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "checked to be small")]
fn whole_value(float: f64) -> Option<Value> {
    (float.abs() < 1e15).then(|| Value::from(float as i64))
}

fn product(factor: &Number, times: i64) -> Option<Value> {
    match factor.as_i64() {
        Some(whole) => whole.checked_mul(times).map(Value::from),
        #[allow(clippy::cast_precision_loss, reason = "a small number")]
        None => factor.as_f64().map(|float| Value::from(float * times as f64)),
    }
}

fn near(factor: &Number, bound: &Number, times: i64) -> Option<Value> {
    let (factor, bound) = (factor.as_i64().filter(|factor| *factor != 0)?, bound.as_i64()?);
    let base = bound.checked_div(factor)?.checked_mul(factor)?;
    base.checked_add(factor.checked_mul(times.clamp(-1, 2))?).map(Value::from)
}
