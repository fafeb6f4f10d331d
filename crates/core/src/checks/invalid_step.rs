//! A step of a migration that cannot be run.

use crate::cel::problem::Problem;
use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Edit, Expected, Place, Safety};
use crate::pointer::Pointer;
use crate::rules::rule::{as_text, within};
use crate::source::Node;

declare_check! {
    /// ## What it does
    /// Reports a step whose expression cannot be read, or whose places do not belong together.
    ///
    /// ## Why it matters
    /// A migration is run on every document that a team has. What is wrong with it is found before it meets the first one.
    ///
    /// ## Example
    /// ```yaml
    /// steps:
    ///   - convert: { at: /http/timeout, up: "value * ", down: value / 1000 }   # an operand is missing
    ///   - move: { from: /inputs/*/server, to: /servers }                       # which of the inputs?
    /// ```
    ///
    /// ## How to fix
    /// Correct the expression: it may use `value`, `self` and `key`, and the language is that of rules. Places of one step
    /// have to lead through the same wildcards; a group (`group: { at: [paths], steps: [...] }`) makes them relative.
    pub INVALID_STEP = "invalid-step", Error, "a step of a migration cannot be run";
}

/// The finding for a part of the expression `node` at `place`.
pub fn draft(problem: &Problem, text: &str, node: &Node, place: &Pointer) -> Draft {
    let expression = as_text(node).unwrap_or_default();
    let (start, end) = within(text, node, expression, problem.at);
    let expected = Expected::text(problem.expected.clone());
    let mut draft =
        Draft::new(&INVALID_STEP, place.clone(), Place::Bytes(start, end), problem.message.clone(), expected);
    if let Some(suggestion) = &problem.suggestion {
        draft = draft.help(format!("did you mean `{suggestion}`?"));
        let written = expression.get(problem.at.start..problem.at.end);
        if written.is_some() && text.get(start..end) == written {
            draft = draft.fix(Safety::Unsafe, vec![Edit { start, end, text: suggestion.clone() }]);
        }
    }
    draft
}

/// The finding for a text that is no path.
pub fn no_path(place: &Pointer, text: &str) -> Draft {
    let message = format!("`{}` is no path", describe::printable(text));
    let expected = Expected::text("a JSON Pointer such as `/http/port`, in which `*` is one level and `**` any number");
    Draft::new(&INVALID_STEP, place.clone(), Place::Value(place.clone()), message, expected)
}

/// The finding for a path that names whole values, where a step needs a key inside of them.
pub fn no_key(place: &Pointer, text: &str) -> Draft {
    let message = match text {
        "" => "the step would be about the whole document".to_owned(),
        _ => format!("`{}` names every value there, not a key", describe::printable(text)),
    };
    let expected = Expected::text("a path that ends with a key; `filter` takes items out of a list");
    Draft::new(&INVALID_STEP, place.clone(), Place::Value(place.clone()), message, expected)
}

/// The finding for a step from a place to itself.
pub fn same_place(place: &Pointer, at: &Pointer) -> Draft {
    let message = format!("the step would take {} to where it is", describe::place(at));
    Draft::new(&INVALID_STEP, place.clone(), Place::Value(place.clone()), message, Expected::text("another place"))
}

/// The finding for a place that leads through other wildcards than the rest of its step.
pub fn other_wildcards(place: &Pointer, text: &str, around: &str) -> Draft {
    let message =
        format!("`{}` does not lead through the same wildcards as the step's other places", describe::printable(text));
    let expected = if around.is_empty() {
        Expected::text("a path without wildcards, like the other places of the step")
    } else {
        Expected::text(format!("a path that begins with `{}`", describe::printable(around)))
    };
    Draft::new(&INVALID_STEP, place.clone(), Place::Value(place.clone()), message, expected)
}

/// The finding for an expression for a place that the step does not take from.
pub fn not_among(place: &Pointer, at: &Pointer) -> Draft {
    let message = format!("{} is not among the places of `from`", describe::place(at));
    let expected = Expected::text("one of the places of `from`");
    Draft::new(&INVALID_STEP, place.clone(), Place::Key(place.clone()), message, expected)
}
