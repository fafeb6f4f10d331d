//! What it would take to mend a fault: the measure by which branches of a union are compared.

use serde_json::Value;

use super::fault::{Demand, Fault};
use super::nearest;

/// How many edits a list of faults asks for, weighted by how unlikely they are as slips.
pub fn of(faults: &[Fault], instance: &Value) -> usize {
    faults.iter().map(|fault| one(fault, instance)).sum()
}

fn one(fault: &Fault, instance: &Value) -> usize {
    let value = instance.pointer(fault.at.as_str()).unwrap_or(&Value::Null);
    match &fault.demand {
        Demand::Type(_) | Demand::NoBranch { .. } => 1 + weight(value),
        Demand::Allowed { values, .. } => {
            if values.iter().any(|allowed| nearest::is_slip(value, allowed)) {
                1
            } else {
                2 + weight(value)
            }
        }
        Demand::Misspelt { .. } => 1,
        Demand::Missing { .. } | Demand::MissingBecause { .. } | Demand::MissingAny { .. } => 2,
        // To be rid of it, everything below goes too.
        Demand::Unknown | Demand::KeyName { .. } | Demand::ExtraItem => 1 + weight(value),
        Demand::Not | Demand::Never | Demand::Forbidden | Demand::Several { .. } => 3,
        _ => 1,
    }
}

/// Beyond this, more of a value makes no difference.
const MOST: usize = 20;

/// What is lost with a value: somebody wrote every part of it on purpose.
fn weight(value: &Value) -> usize {
    let mut open = vec![value];
    let mut weight = 0;
    while let Some(value) = open.pop()
        && weight < MOST
    {
        weight += 1;
        match value {
            Value::Array(items) => open.extend(items.iter().take(MOST)),
            Value::Object(members) => open.extend(members.values().take(MOST)),
            _ => {}
        }
    }
    weight
}
