//! Words for what a rule demands, for authors who have not written any.

use crate::cel::functions::symbol;
use crate::cel::plan::{Node, Op, Plan};
use crate::cel::value::Value;

/// What would pass, in words that an author can improve on.
pub fn of(plan: &Plan) -> String {
    clause(plan, &plan.root).unwrap_or_else(|| format!("a document for which `{}` is true", plan.text.trim()))
}

fn clause(plan: &Plan, node: &Node) -> Option<String> {
    match &node.op {
        Op::And(left, right) => Some(format!("{} and {}", clause(plan, left)?, clause(plan, right)?)),
        Op::Has(operand, field) => Some(format!("{} to be there", place(plan, operand, Some(field))?)),
        Op::Call(function, arguments) => {
            let [left, right] = arguments.as_slice() else { return None };
            let relation = match symbol(function.name) {
                "<" => "less than",
                "<=" => "at most",
                ">" => "more than",
                ">=" => "at least",
                "==" => "equal to",
                "!=" => "other than",
                "in" => "one of",
                _ => return None,
            };
            Some(format!("{} {relation} {}", operand(plan, left)?, operand(plan, right)?))
        }
        _ => None,
    }
}

fn operand(plan: &Plan, node: &Node) -> Option<String> {
    match &node.op {
        Op::Literal(Value::Null) => Some("null".to_owned()),
        Op::Literal(value) => crate::cel::convert::written(value),
        Op::List(items) => {
            let items: Option<Vec<String>> = items.iter().map(|(item, _)| operand(plan, item)).collect();
            Some(items?.join(", "))
        }
        Op::Call(function, arguments) if function.name == "size" => match arguments.as_slice() {
            [counted] => Some(format!("the size of {}", place(plan, counted, None)?)),
            _ => None,
        },
        _ => place(plan, node, None),
    }
}

/// A place below `self` as a person calls it: `http.timeout_ms`.
fn place(plan: &Plan, node: &Node, field: Option<&str>) -> Option<String> {
    let mut names: Vec<&str> = field.into_iter().collect();
    let mut node = node;
    loop {
        match &node.op {
            Op::Field(operand, name) => {
                names.push(name);
                node = operand;
            }
            Op::Variable(slot) => {
                let (variable, _) = plan.variables.get(*slot)?;
                names.reverse();
                let place = names.join(".");
                return Some(match (variable.as_str(), place.is_empty()) {
                    ("self", false) => place,
                    ("self", true) => "the value".to_owned(),
                    ("oldSelf", false) => format!("the former {place}"),
                    _ => "the former value".to_owned(),
                });
            }
            _ => return None,
        }
    }
}
