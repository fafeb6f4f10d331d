//! What a check is: a code, a severity, and the page that `setpoint explain` prints.
//!
//! A check is declared once, in the file that carries its name, with [`declare_check!`](crate::declare_check).
//! The doc comment of the declaration is the documentation page.

use crate::finding::Severity;

/// One kind of finding.
#[derive(Debug)]
pub struct Check {
    /// Stable kebab-case name, unique among all checks, for example `type-mismatch`.
    pub code: &'static str,
    /// How bad a finding of this kind is.
    pub severity: Severity,
    /// One line, lower case, without a final full stop.
    pub title: &'static str,
    /// The documentation page in Markdown: what it does, why it matters, an example, how to fix it. Empty without the
    /// feature `pages`.
    pub page: &'static str,
}

/// Declares a check and its documentation page.
///
/// ```
/// setpoint_core::declare_check! {
///     /// ## What it does
///     /// Reports a value that is too purple.
///     pub TOO_PURPLE = "too-purple", Warning, "a value is too purple";
/// }
/// assert_eq!(TOO_PURPLE.code, "too-purple");
/// assert!(TOO_PURPLE.page.contains("What it does"));
/// ```
#[macro_export]
macro_rules! declare_check {
    ($(#[doc = $page:expr])+ $visibility:vis $name:ident = $code:literal, $severity:ident, $title:literal;) => {
        $(#[doc = $page])+
        $visibility static $name: $crate::check::Check = $crate::check::Check {
            code: $code,
            severity: $crate::finding::Severity::$severity,
            title: $title,
            page: $crate::page_text!($($page),+),
        };
    };
}

/// The lines of a page as one text, unless pages are left out. A macro of its own, because whether they are is decided in
/// this crate and not in the one that declares a check.
#[cfg(feature = "pages")]
#[doc(hidden)]
#[macro_export]
macro_rules! page_text {
    ($($line:expr),+) => { concat!($($line, "\n"),+) };
}

/// As above, for a build without pages.
#[cfg(not(feature = "pages"))]
#[doc(hidden)]
#[macro_export]
macro_rules! page_text {
    ($($line:expr),+) => {
        ""
    };
}
