//! Files of which every line is a document: cut into chunks at line ends and checked on all cores.

use std::io::{self, Read};

use setpoint_core::call::{CheckCall, LinesAnswer};
use setpoint_core::report::DocumentReport;

use crate::error::CheckerError;
use crate::ordered::in_order;
use crate::policy::Policy;

/// Bytes of one chunk: enough that a call into the guest costs nothing beside it, little enough that a few
/// chunks for each thread fit in the caches and the memory stays small.
const CHUNK: usize = 512 << 10;

/// What was found in one chunk.
#[derive(Debug, Default)]
pub struct ChunkAnswer {
    /// Documents that were looked at, those that met a limit included.
    pub documents: usize,
    /// Reports of the lines with findings, and errors of the lines that met a limit, in the order of the file.
    pub reports: Vec<Result<DocumentReport, CheckerError>>,
}

/// Counts over a whole file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinesSummary {
    /// Lines that hold a document.
    pub documents: usize,
    /// Bytes that were read.
    pub bytes: u64,
}

/// Why a file was not checked to its end.
#[derive(Debug, thiserror::Error)]
pub enum LinesError<E> {
    /// Reading failed.
    #[error("reading failed: {0}")]
    Read(io::Error),
    /// Whoever takes the reports refused one.
    #[error("writing failed: {0}")]
    Deliver(E),
}

impl Policy {
    /// Checks a file line by line, on `threads` threads, and hands the reports of each chunk to `deliver` in the
    /// order of the file. Memory does not depend on the length of the file. A line that meets a limit gives its
    /// error, named `FILE:LINE`, and harms no other.
    ///
    /// # Errors
    /// When reading fails, or `deliver` does; what came before has been delivered.
    pub fn check_lines_of<E>(
        &self,
        call: &CheckCall,
        reader: impl Read + Send,
        threads: usize,
        mut deliver: impl FnMut(ChunkAnswer) -> Result<(), E>,
    ) -> Result<LinesSummary, LinesError<E>> {
        let mut summary = LinesSummary::default();
        let chunks = Chunks::new(reader, CHUNK, self.limits().line);
        in_order(
            chunks,
            threads,
            self.limits().stack,
            |chunk| chunk.map(|chunk| (chunk.bytes, self.check_chunk(call, &chunk))),
            |result| {
                let (bytes, answer) = result.map_err(LinesError::Read)?;
                summary.documents += answer.documents;
                summary.bytes += bytes;
                deliver(answer).map_err(LinesError::Deliver)
            },
        )?;
        Ok(summary)
    }

    fn check_chunk(&self, call: &CheckCall, chunk: &Chunk) -> ChunkAnswer {
        let mut answer = ChunkAnswer::default();
        if !chunk.text.is_empty() {
            match self.check_lines(call, chunk.first_line, &chunk.text) {
                Ok(lines) => answer.take(lines),
                // Some line met a limit: find out which, so that the others are still reported.
                Err(_) => self.check_one_by_one(call, chunk, &mut answer),
            }
        }
        if let Some(too_long) = &chunk.too_long {
            answer.documents += 1;
            answer.reports.push(Err(CheckerError::Line {
                file: call.file.clone(),
                line: too_long.line,
                size: too_long.size,
                limit: self.limits().line,
            }));
        }
        answer
    }

    fn check_one_by_one(&self, call: &CheckCall, chunk: &Chunk, answer: &mut ChunkAnswer) {
        for (offset, line) in chunk.text.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let number = chunk.first_line + offset;
            match self.check_lines(call, number, line) {
                Ok(lines) => answer.take(lines),
                Err(error) => {
                    answer.documents += 1;
                    answer.reports.push(Err(error.of_document(&format!("{}:{number}", call.file))));
                }
            }
        }
    }
}

impl ChunkAnswer {
    fn take(&mut self, lines: LinesAnswer) {
        self.documents += lines.documents;
        self.reports.extend(lines.reports.into_iter().map(Ok));
    }
}

/// Whole lines of a file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Chunk {
    first_line: usize,
    text: Vec<u8>,
    /// Bytes of the file that it stands for.
    bytes: u64,
    /// The line after `text`, if it is too long to be kept.
    too_long: Option<TooLong>,
}

#[derive(Debug, PartialEq, Eq)]
struct TooLong {
    line: usize,
    size: usize,
}

/// Cuts a file into chunks at line ends.
struct Chunks<R> {
    reader: R,
    chunk: usize,
    longest: usize,
    /// Read, but not yet part of a chunk.
    rest: Vec<u8>,
    next_line: usize,
    at_end: bool,
}

impl<R: Read> Chunks<R> {
    fn new(reader: R, chunk: usize, longest: usize) -> Self {
        Self { reader, chunk: chunk.min(longest), longest, rest: Vec::new(), next_line: 1, at_end: false }
    }

    /// Reads up to `self.chunk` further bytes into `rest`.
    fn fill(&mut self) -> io::Result<()> {
        let wanted = u64::try_from(self.chunk).unwrap_or(u64::MAX);
        self.rest.reserve(self.chunk);
        let read = self.reader.by_ref().take(wanted).read_to_end(&mut self.rest)?;
        self.at_end = read == 0;
        Ok(())
    }

    fn next_chunk(&mut self) -> io::Result<Option<Chunk>> {
        // Bytes of `rest` in which there is no line end.
        let mut searched = 0;
        loop {
            let unsearched = self.rest.get(searched..).unwrap_or_default();
            let end = unsearched.iter().rposition(|byte| *byte == b'\n').map(|end| searched + end + 1);
            let end = end.or((self.at_end && !self.rest.is_empty()).then_some(self.rest.len()));
            if self.first_line_is_too_long() {
                return self.skip_line().map(Some);
            }
            if let Some(end) = end {
                let after = self.rest.split_off(end);
                let text = std::mem::replace(&mut self.rest, after);
                return Ok(Some(self.cut(text)));
            }
            if self.at_end {
                return Ok(None);
            }
            searched = self.rest.len();
            self.fill()?;
        }
    }

    /// INVARIANT: only the first line of `rest` can be too long. The others came with the last read, which is not
    /// longer than a line may be.
    fn first_line_is_too_long(&self) -> bool {
        self.rest.get(..=self.longest).is_some_and(|start| !start.contains(&b'\n'))
    }

    fn cut(&mut self, text: Vec<u8>) -> Chunk {
        let first_line = self.next_line;
        self.next_line += text.iter().filter(|byte| **byte == b'\n').count();
        let bytes = length(&text);
        Chunk { first_line, text, bytes, too_long: None }
    }

    /// Drops the line that begins with `rest` and is too long to be kept.
    fn skip_line(&mut self) -> io::Result<Chunk> {
        let line = self.next_line;
        let mut size = 0;
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                size += end;
                self.rest.drain(..=end);
                break;
            }
            size += self.rest.len();
            self.rest.clear();
            if self.at_end {
                break;
            }
            self.fill()?;
        }
        self.next_line += 1;
        let bytes = u64::try_from(size).unwrap_or(u64::MAX);
        Ok(Chunk { first_line: line, text: Vec::new(), bytes, too_long: Some(TooLong { line, size }) })
    }
}

impl<R: Read> Iterator for Chunks<R> {
    type Item = io::Result<Chunk>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_chunk().transpose()
    }
}

fn length(text: &[u8]) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    /// A chunk as (first line, text, (line, size) of a line that is too long).
    type Cut = (usize, String, Option<(usize, usize)>);

    fn cut(text: &str, chunk: usize, longest: usize) -> Vec<Cut> {
        Chunks::new(text.as_bytes(), chunk, longest)
            .map(|chunk| {
                let Chunk { first_line, text, too_long, .. } = chunk.unwrap();
                (first_line, String::from_utf8(text).unwrap(), too_long.map(|too_long| (too_long.line, too_long.size)))
            })
            .collect()
    }

    #[test]
    fn chunks_end_at_line_ends_and_count_lines() {
        assert_eq!(
            cut("a\nbb\n\ncc", 4, 9),
            [(1, "a\n".into(), None), (2, "bb\n\n".into(), None), (4, "cc".into(), None)]
        );
    }

    #[test]
    fn chunks_put_together_are_the_file() {
        let text: String = (0..500).map(|number| format!("{}\n", "x".repeat(number % 37))).collect();
        for chunk in [1, 2, 7, 40, 64, 4096] {
            let chunks = cut(&text, chunk, 4096);
            assert_eq!(chunks.iter().map(|(_, text, _)| text.as_str()).collect::<String>(), text);
            let mut line = 1;
            for (first_line, text, _) in chunks {
                assert_eq!(first_line, line);
                line += text.matches('\n').count();
            }
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_skipped_and_measured() {
        assert_eq!(
            cut("a\n123456\nb\n", 4, 5),
            [(1, "a\n".into(), None), (2, String::new(), Some((2, 6))), (3, "b\n".into(), None)]
        );
        assert_eq!(cut("12345\n", 4, 5), [(1, "12345\n".into(), None)]);
        assert_eq!(cut("123456", 4, 5), [(1, String::new(), Some((1, 6)))]);
    }

    #[test]
    fn an_empty_file_has_no_chunks() {
        assert!(cut("", 4, 5).is_empty());
    }
}
