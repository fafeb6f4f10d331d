//! `key-not-a-string` and `key-not-a-scalar`: YAML allows keys that JSON does not have.

use crate::declare_check;
use crate::finding::{Draft, Edit, Expected, Place, Safety};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    ///
    /// Reports a YAML key that is a number, a boolean or null without quotes. Setpoint goes on with its text as key.
    ///
    /// ## Why it matters
    ///
    /// JSON and TOML have string keys only, and so has JSON Schema. A Python program that looks for `"404"` does not
    /// find the key `404`, which is an integer there.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// pages:
    ///   404: not-found.html
    /// ```
    ///
    /// ## How to fix
    ///
    /// Put quotes around the key.
    pub KEY_NOT_A_STRING = "key-not-a-string", Warning, "a YAML key that is not a string";
}

declare_check! {
    /// ## What it does
    ///
    /// Reports a YAML key that is an array or an object.
    ///
    /// ## Why it matters
    ///
    /// JSON has no such keys, no schema can describe them, and most readers refuse them.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// ? [eu, us]
    /// : 3
    /// ```
    ///
    /// ## How to fix
    ///
    /// Use a string as key. A `{{ placeholder }}` of a template that starts a value needs quotes around it.
    pub KEY_NOT_A_SCALAR = "key-not-a-scalar", Error, "a YAML key that is an array or an object";
}

pub(crate) fn draft(instance: Pointer, start: usize, end: usize) -> Draft {
    let quote = |at| Edit { start: at, end: at, text: "\"".to_owned() };
    let draft = Draft::new(
        &KEY_NOT_A_STRING,
        instance,
        Place::Bytes(start, end),
        "the key is a number, a boolean or null for YAML readers",
        Expected::text("a key that is a string"),
    )
    .help("put quotes around the key");
    // Readers that had an integer key get a string: a person decides.
    if start < end { draft.fix(Safety::Unsafe, vec![quote(start), quote(end)]) } else { draft }
}

pub(crate) fn collection(instance: Pointer, start: usize, end: usize) -> Draft {
    Draft::new(
        &KEY_NOT_A_SCALAR,
        instance,
        Place::Bytes(start, end),
        "an array or an object stands where a key should stand",
        Expected::text("a string as key"),
    )
    .help("use a string as key; if this is a template's placeholder, put quotes around it")
}
