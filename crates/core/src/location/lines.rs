//! Lines, columns and UTF-16 offsets of byte positions.

use std::cell::OnceCell;

use crate::finding::Span;

/// Bytes between two entries of the table that makes columns cheap in documents of one long line.
const BLOCK: usize = 256;

/// A text, and where its lines and characters are. Nothing is counted before somebody asks.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    text: &'a [u8],
    starts: OnceCell<Vec<usize>>,
    blocks: OnceCell<Vec<Count>>,
}

/// What stands before a position.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    /// Unicode scalar values; in text that is not UTF-8, bytes that start one.
    scalars: usize,
    /// Those of them that take two UTF-16 code units.
    pairs: usize,
}

impl Count {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.scalars += usize::from(!is_continuation(*byte));
            self.pairs += usize::from(*byte >= 0xF0);
        }
    }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, starts: OnceCell::new(), blocks: OnceCell::new() }
    }

    /// The region `start..end`, moved inside the text and out to whole characters.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let mut start = start.min(self.text.len());
        let mut end = end.clamp(start, self.text.len());
        let inside = |at: usize| self.text.get(at).is_some_and(|byte| is_continuation(*byte));
        // A character has at most three continuation bytes; a run of more is no UTF-8 and stays as it is.
        for _ in 0..3 {
            start -= usize::from(start > 0 && inside(start));
            end += usize::from(end > start && inside(end));
        }
        let (line, column) = self.line_and_column(start);
        let (end_line, end_column) = self.line_and_column(end);
        Span { start, end, line, column, end_line, end_column }
    }

    pub(super) fn utf16(&self, at: usize) -> usize {
        let count = self.count(at.min(self.text.len()));
        count.scalars + count.pairs
    }

    fn line_and_column(&self, at: usize) -> (usize, usize) {
        let starts = self.starts.get_or_init(|| {
            let ends = self.text.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
            std::iter::once(0).chain(ends.map(|(end, _)| end + 1)).collect()
        });
        let line = starts.partition_point(|start| *start <= at).max(1);
        let start = starts.get(line - 1).copied().unwrap_or_default();
        // A byte order mark is not part of what editors show, so it takes up no column.
        let mark = usize::from(line == 1 && at >= 3 && self.text.starts_with("\u{feff}".as_bytes()));
        (line, self.count(at).scalars - self.count(start).scalars - mark + 1)
    }

    fn count(&self, at: usize) -> Count {
        let blocks = self.blocks.get_or_init(|| {
            let mut count = Count::default();
            let mut blocks = vec![count];
            for block in self.text.chunks(BLOCK) {
                count.add(block);
                blocks.push(count);
            }
            blocks
        });
        let block = at / BLOCK;
        let mut count = blocks.get(block).copied().unwrap_or_default();
        count.add(self.text.get(block * BLOCK..at).unwrap_or_default());
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_right_far_into_a_long_line_and_after_crlf() {
        let text = format!("\u{feff}first\r\n{}x", "é".repeat(1000));
        let span = Lines::new(text.as_bytes()).span(text.len() - 1, text.len());
        assert_eq!((span.line, span.column, span.end_column), (2, 1001, 1002));
        let first = Lines::new(text.as_bytes()).span(3, 8);
        assert_eq!((first.line, first.column, first.end_column), (1, 1, 6));
    }

    #[test]
    fn broken_utf8_still_has_lines_and_columns() {
        let text = b"ab\n\xff\x80\x80\x80\x80\x80c";
        let span = Lines::new(text).span(3, 4);
        assert_eq!((span.line, span.column), (2, 1));
        assert!(span.end >= 4);
    }

    #[test]
    fn a_place_in_the_middle_of_a_character_covers_it() {
        let span = Lines::new("a😀b".as_bytes()).span(3, 4);
        assert_eq!((span.start, span.end), (1, 5));
    }
}
