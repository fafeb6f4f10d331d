//! A reference in a schema leads nowhere (`$ref`).

use crate::declare_check;
use crate::explain::{describe, nearest};
use crate::finding::{Draft, Expected, Literal, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a `$ref`, `$dynamicRef` or `$recursiveRef` whose target is neither in the schema, nor in another schema
    /// file of the family, nor one of the published meta-schemas. Setpoint never fetches anything from the network.
    ///
    /// ## Why it matters
    /// What a schema refers to decides what it accepts. A target that has to be fetched can change or be gone.
    ///
    /// ## Example
    /// ```json
    /// { "$ref": "#/$defs/prot" }   // there is #/$defs/port
    /// ```
    ///
    /// ## How to fix
    /// Correct the reference, or put the file that it names into the family's schema folder.
    pub UNRESOLVED_REFERENCE = "unresolved-reference", Error, "a reference leads nowhere";
}

/// The finding for a reference to a document that is not at hand.
pub fn elsewhere(place: &Pointer, reference: &str, base: &str, known: &[&str]) -> Draft {
    let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
    let relative: Vec<&str> =
        known.iter().map(|uri| uri.strip_prefix(folder).map_or(*uri, |rest| rest.trim_start_matches('/'))).collect();
    let file = reference.split('#').next().unwrap_or_default();
    let near = nearest::word(file, relative.iter().copied());
    draft(place, reference, near, "a schema file of the family, or a schema with this `$id`")
}

/// The finding for a reference into a document at hand, to a place that does not exist.
pub fn inside(place: &Pointer, reference: &str, known: &[String]) -> Draft {
    let near = nearest::word(reference, known.iter().map(String::as_str));
    draft(place, reference, near, "a place that exists")
}

fn draft(place: &Pointer, reference: &str, near: Option<&str>, expected: &str) -> Draft {
    let expected = Expected {
        text: expected.to_owned(),
        value: near.and_then(|near| Literal::from_json(serde_json::Value::from(near).to_string())),
    };
    let help = match near {
        Some(near) => format!("did you mean `{}`?", describe::printable(near)),
        None => "correct the reference, or add the file to the schema folder; nothing is fetched from the network"
            .to_owned(),
    };
    let message = format!("the reference `{}` leads nowhere", describe::printable(reference));
    Draft::new(&UNRESOLVED_REFERENCE, place.clone(), Place::Value(place.clone()), message, expected).help(help)
}
