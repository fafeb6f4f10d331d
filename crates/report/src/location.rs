//! From the coordinates of a report to the coordinates that other tools ask for.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;

use setpoint_core::finding::Span;

use crate::sources::Sources;

/// What a report is about: a whole file, or one line of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Location<'a> {
    /// The file on disk.
    pub path: &'a str,
    /// The line of the file on which the text of the report starts.
    pub first_line: usize,
    /// Whether the text is one line of the file. Its byte offsets then mean nothing to other tools.
    pub is_line: bool,
}

impl<'a> Location<'a> {
    pub fn new(file: &'a str, sources: &dyn Sources) -> Self {
        match sources.line_of(file) {
            Some((path, line)) => Self { path, first_line: line, is_line: true },
            None => Self { path: file, first_line: 1, is_line: false },
        }
    }

    /// The path as services compare it with the paths of a change.
    pub fn repository_path(&self) -> &'a str {
        self.path.strip_prefix("./").unwrap_or(self.path)
    }

    /// A line of the text as a line of the file.
    pub fn line(&self, line: usize) -> usize {
        line.max(1).saturating_add(self.first_line - 1)
    }

    /// The region in the file, with everything that is counted from 1 at least 1 and the end not before the start.
    pub fn span(&self, span: Span) -> Span {
        let line = self.line(span.line);
        let column = span.column.max(1);
        let end_line = self.line(span.end_line).max(line);
        let end_column = span.end_column.max(if end_line == line { column } else { 1 });
        Span { start: span.start, end: span.end.max(span.start), line, column, end_line, end_column }
    }

    /// `FILE:LINE:COLUMN`.
    pub fn text(&self, span: Option<Span>) -> String {
        match span.map(|span| self.span(span)) {
            Some(span) => format!("{}:{}:{}", self.path, span.line, span.column),
            None if self.is_line => format!("{}:{}", self.path, self.first_line),
            None => self.path.to_owned(),
        }
    }
}

/// A place in a text. Both count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    /// Line of the text.
    pub line: usize,
    /// Column, in what the method that gave it counts.
    pub column: usize,
}

/// A text with its line starts, so that a minified file of one huge line and a file of a million lines are both quick.
#[derive(Clone, Debug)]
pub(crate) struct Text<'a> {
    pub bytes: Cow<'a, [u8]>,
    starts: Vec<usize>,
    /// An offset and its column: findings come in the order of the text, so the next column is counted from here
    /// instead of from the start of a line that may be as long as the document.
    last: Cell<(usize, usize)>,
}

impl<'a> Text<'a> {
    pub fn new(bytes: Cow<'a, [u8]>) -> Self {
        let newlines = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let starts = std::iter::once(0).chain(newlines.map(|(at, _)| at + 1)).collect();
        Self { bytes, starts, last: Cell::new((0, 1)) }
    }

    /// The text of `file`, if it is to be had.
    pub fn of(file: &str, sources: &'a dyn Sources) -> Option<Self> {
        sources.text(file).map(Self::new)
    }

    /// Bytes `start..end`, as far as they exist.
    pub fn bytes(&self, range: Range<usize>) -> &[u8] {
        let end = range.end.min(self.bytes.len());
        self.bytes.get(range.start.min(end)..end).unwrap_or_default()
    }

    /// The line that holds `offset`: its number and its bytes, without the line break.
    pub fn line(&self, offset: usize) -> (usize, Range<usize>) {
        let number = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(number - 1).copied().unwrap_or_default();
        let mut end = self.starts.get(number).map_or(self.bytes.len(), |next| next - 1);
        while end > start && self.bytes.get(end - 1) == Some(&b'\r') {
            end -= 1;
        }
        (number, start..end)
    }

    /// The position of a byte, its column in bytes. Offsets past the end mean the end.
    pub fn byte_position(&self, offset: usize) -> Position {
        let offset = offset.min(self.bytes.len());
        let (line, range) = self.line(offset);
        Position { line, column: offset - range.start + 1 }
    }

    /// The position of a byte, its column in Unicode scalar values; in a broken sequence each byte that starts one
    /// counts. Offsets past the end mean the end.
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.bytes.len());
        let (line, range) = self.line(offset);
        let (from, column) = match self.last.get() {
            (last, column) if range.start <= last && last <= offset => (last, column),
            _ => (range.start, 1),
        };
        let column = column + self.bytes(from..offset).iter().filter(|byte| starts_character(**byte)).count();
        self.last.set((offset, column));
        Position { line, column }
    }
}

/// Whether the byte starts a character instead of continuing one.
pub(crate) fn starts_character(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::NoSources;

    fn text(text: &str) -> Text<'_> {
        Text::new(Cow::Borrowed(text.as_bytes()))
    }

    #[test]
    fn columns_are_counted_in_characters_and_in_bytes() {
        let text = text("a: 1\r\nné𐐀: 2");
        let at = |line, column| Position { line, column };
        assert_eq!((text.position(6), text.byte_position(6)), (at(2, 1), at(2, 1)));
        assert_eq!((text.position(13), text.byte_position(13)), (at(2, 4), at(2, 8)));
        assert_eq!((text.position(999), text.byte_position(999)), (at(2, 7), at(2, 11)));
        assert_eq!(text.position(13), at(2, 4), "the way back");
        assert_eq!(text.position(1), at(1, 2));
    }

    #[test]
    fn a_line_comes_without_its_line_break() {
        let text = text("one\r\n\nthree");
        assert_eq!(text.line(1), (1, 0..3));
        assert_eq!(text.line(4), (1, 0..3));
        assert_eq!(text.line(5), (2, 5..5));
        assert_eq!(text.line(6), (3, 6..11));
        assert_eq!(text.line(500), (3, 6..11));
    }

    #[test]
    fn a_line_of_an_ndjson_file_keeps_its_line_number() {
        let span = Span { start: 4, end: 6, line: 1, column: 5, end_line: 1, end_column: 7 };
        assert_eq!(Location::new("e.ndjson:12", &NoSources).text(Some(span)), "e.ndjson:12:5");
        assert_eq!(Location::new("e.ndjson:12", &NoSources).text(None), "e.ndjson:12");
        assert_eq!(Location::new("e.json", &NoSources).text(Some(span)), "e.json:1:5");
    }
}
