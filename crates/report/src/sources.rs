//! Where renderers get the text that findings point into.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// Gives the texts of the files in a report.
///
/// A closure `Fn(&str) -> Option<Vec<u8>>` will do, and so will a map from file name to bytes. Text is bytes, because a
/// file that is not UTF-8 has findings too.
pub trait Sources {
    /// The bytes that were checked under the name `file` of a
    /// [`DocumentReport`](setpoint_core::report::DocumentReport). `None` when they are not to be had any more: the
    /// report then comes without excerpts. For a line of an NDJSON file (`FILE:LINE`) it is that line alone.
    fn text(&self, file: &str) -> Option<Cow<'_, [u8]>>;

    /// Takes the name of a line of an NDJSON file apart: `events.ndjson:7` is line 7 of `events.ndjson`. `None` for a
    /// whole file.
    ///
    /// As the core names lines `FILE:LINE`, any name that ends in a colon and digits is taken for one. Whoever has
    /// files with such names overrides this.
    fn line_of<'a>(&self, file: &'a str) -> Option<(&'a str, usize)> {
        let (path, line) = file.rsplit_once(':')?;
        // A sign would parse too, but no core writes one.
        let digits = line.bytes().all(|byte| byte.is_ascii_digit());
        let line = line.parse().ok().filter(|line| digits && *line > 0)?;
        (!path.is_empty()).then_some((path, line))
    }
}

/// No text at all: reports come without excerpts.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSources;

impl Sources for NoSources {
    fn text(&self, _file: &str) -> Option<Cow<'_, [u8]>> {
        None
    }
}

impl<T: AsRef<[u8]>> Sources for BTreeMap<String, T> {
    fn text(&self, file: &str) -> Option<Cow<'_, [u8]>> {
        self.get(file).map(|text| Cow::Borrowed(text.as_ref()))
    }
}

impl<F: Fn(&str) -> Option<Vec<u8>>> Sources for F {
    fn text(&self, file: &str) -> Option<Cow<'_, [u8]>> {
        self(file).map(Cow::Owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_colon_and_a_line_number_make_a_line() {
        assert_eq!(NoSources.line_of("data/events.ndjson:17"), Some(("data/events.ndjson", 17)));
        assert_eq!(NoSources.line_of("a.yaml"), None);
        assert_eq!(NoSources.line_of("a:+1"), None);
        assert_eq!(NoSources.line_of("a:0"), None);
        assert_eq!(NoSources.line_of(":7"), None);
        assert_eq!(NoSources.line_of("C:\\a.yaml"), None);
    }
}
