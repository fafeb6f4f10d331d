//! What it would take to mend a fault: the measure by which branches of a union are compared.

use serde_json::Value;

use super::fault::{Demand, Fault};
use super::{nearest, size};

/// How many edits a list of faults asks for, weighted by how unlikely they are as slips.
pub fn of(faults: &[Fault], instance: &Value) -> usize {
    faults.iter().map(|fault| one(fault, instance)).sum()
}

fn one(fault: &Fault, instance: &Value) -> usize {
    let value = instance.pointer(fault.at.as_str()).unwrap_or(&Value::Null);
    match &fault.demand {
        Demand::Type(_) | Demand::NoBranch { .. } => match value {
            // A whole structure in place of something else is hardly ever a slip.
            Value::Array(_) | Value::Object(_) => 4 + size(value).min(20),
            _ => 2,
        },
        Demand::Allowed { values, .. } => {
            if values.iter().any(|allowed| nearest::is_slip(value, allowed)) {
                1
            } else {
                3
            }
        }
        Demand::Misspelt { .. } => 1,
        Demand::Missing { .. } | Demand::MissingBecause { .. } | Demand::MissingAny { .. } => 2,
        Demand::Unknown | Demand::KeyName { .. } | Demand::ExtraItem => 2,
        Demand::Not | Demand::Never | Demand::Forbidden | Demand::Several { .. } => 3,
        _ => 1,
    }
}
