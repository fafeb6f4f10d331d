//! Renders reports: one form per module, all from the same [`Report`].
//!
//! What lives here: the shapes of text, JSON, NDJSON, SARIF, GitHub annotations, GitLab code quality, JUnit and
//! rdjson, and nothing that decides. What does not live here: reading files (the caller hands over the texts as
//! [`Sources`]), telling a terminal from a pipe (the caller fills in [`Options`]), exit codes.
//!
//! No renderer panics or trusts a span: reports may come from another core, and files may have changed since they
//! were checked, so every offset is clamped to the text at hand. No renderer shows a byte that
//! [`DocumentReport::hidden`](setpoint_core::report::DocumentReport) covers.
//!
//! ```
//! use std::collections::BTreeMap;
//! use setpoint_core::report::{DocumentReport, Report};
//! use setpoint_report::{Format, Options, render};
//!
//! let report = Report::new("sha256:0".to_owned(), vec![DocumentReport::default()]);
//! let sources: BTreeMap<String, Vec<u8>> = BTreeMap::new(); // no texts: the report comes without excerpts
//! let mut out = Vec::new();
//! render("text".parse::<Format>()?, &report, &sources, &Options::default(), &mut out)?;
//! assert_eq!(String::from_utf8(out)?, "1 document checked: no findings\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod excerpt;
mod format;
pub mod github;
pub mod gitlab;
pub mod json;
pub mod junit;
mod location;
pub mod ndjson;
mod options;
mod published;
pub mod rdjson;
pub mod sarif;
mod sources;
pub mod text;
mod wording;

use std::io::{self, Write};

use setpoint_core::report::Report;

pub use crate::format::{Format, UnknownFormat};
pub use crate::options::Options;
pub use crate::sources::{NoSources, Sources};
pub use crate::wording::count;

/// Writes `report` to `out` in the given form. Renderers write in small pieces: hand over a buffered writer.
///
/// # Errors
/// Only what `out` returns, a closed pipe for example.
pub fn render(
    format: Format,
    report: &Report,
    sources: &dyn Sources,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Text => text::render(report, sources, options, out),
        Format::Json => json::render(report, out),
        Format::Ndjson => ndjson::render(report, out),
        Format::Sarif => sarif::render(report, sources, options, out),
        Format::Github => github::render(report, sources, out),
        Format::Gitlab => gitlab::render(report, sources, out),
        Format::Junit => junit::render(report, sources, options, out),
        Format::Rdjson => rdjson::render(report, sources, out),
    }
}
