//! `duplicate-key`: one object names a key twice.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    ///
    /// Reports a key that stands more than once in the same object, at its second place, and points to the first.
    ///
    /// ## Why it matters
    ///
    /// Which of the values counts depends on the reader: most take the last, some the first, some refuse the file.
    /// So two services may run with two different settings, and the author sees only one of them.
    ///
    /// ## Example
    ///
    /// ```json
    /// { "timeout": 30, "retries": 3, "timeout": 60 }
    /// ```
    ///
    /// ## How to fix
    ///
    /// Keep one of the two. Setpoint itself goes on with the last one.
    pub DUPLICATE_KEY = "duplicate-key", Error, "a key stands twice in one object";
}

pub(crate) fn draft(instance: Pointer, first: (usize, usize), second: (usize, usize)) -> Draft {
    let message = format!("`{instance}` is defined twice in the same object");
    Draft::new(&DUPLICATE_KEY, instance, Place::Bytes(second.0, second.1), message, Expected::text("each key once"))
        .related("first defined here", Place::Bytes(first.0, first.1))
        .help("keep one of the two")
}
