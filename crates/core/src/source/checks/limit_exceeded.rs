//! `limit-exceeded`: a document costs more than it may.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    ///
    /// Reports a document that goes beyond one of the limits on documents: its size in bytes, how deep arrays and
    /// objects nest, the number of values (YAML aliases count each time they are used), or the length of one
    /// number. The message names the limit. All four share this code because the reason and the cure are the same.
    ///
    /// ## Why it matters
    ///
    /// A settings document is read by every instance of a service at start-up. One that nests ten thousand deep or
    /// unfolds a kilobyte of aliases into gigabytes takes the reader down with it.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// a: &a [x, x, x, x, x, x, x, x, x, x]
    /// b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
    /// c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]   # and so on: each line multiplies by ten
    /// ```
    ///
    /// ## How to fix
    ///
    /// Split the document, or flatten it. If it is right as it is, raise the limit in the project file.
    pub LIMIT_EXCEEDED = "limit-exceeded", Error, "a document goes beyond a limit";
}

/// The limit that was hit.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Limit {
    Bytes,
    Depth,
    Nodes,
    Digits,
    /// Bytes of text after YAML aliases are expanded.
    Expanded,
}

pub(crate) fn draft(limit: Limit, most: usize, instance: Pointer, place: Place) -> Draft {
    let (message, expected) = match limit {
        Limit::Bytes => ("the document is too large".to_owned(), format!("at most {most} bytes")),
        Limit::Depth => {
            ("arrays and objects nest too deep here".to_owned(), format!("at most {most} levels of arrays and objects"))
        }
        Limit::Expanded => {
            ("the document is too large once its aliases are expanded".to_owned(), format!("at most {most} bytes"))
        }
        Limit::Nodes => ("the document holds too many values".to_owned(), format!("at most {most} values")),
        Limit::Digits => ("a number here is too long".to_owned(), format!("a number of at most {most} characters")),
    };
    Draft::new(&LIMIT_EXCEEDED, instance, place, message, Expected::text(expected)).help(match limit {
        Limit::Bytes | Limit::Nodes | Limit::Expanded => "split the document, or raise the limit in the project file",
        Limit::Depth => "flatten the document, or raise the limit in the project file",
        Limit::Digits => "shorten the number, or write it as a string",
    })
}
