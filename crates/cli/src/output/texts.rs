//! The texts that findings point into, read again when a report shows them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use setpoint_report::Sources;

use crate::read;

/// What standard input is called when nobody says otherwise.
pub(crate) const STANDARD_INPUT: &str = "-";

/// More of one line is not shown.
const LONGEST_LINE: u64 = 1 << 20;
/// More of a file is not read to show a part of it.
const LONGEST_FILE: usize = 64 << 20;

/// Whether each line of the file is a document of its own.
pub(crate) fn is_lines(name: &str) -> bool {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    extension.eq_ignore_ascii_case("ndjson") || extension.eq_ignore_ascii_case("jsonl")
}

/// The texts of the documents of a run: on disk, under their shown names, or kept from standard input.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    standard_input: Option<(String, Vec<u8>)>,
    lines: RefCell<Option<Lines>>,
}

impl Texts {
    /// Keeps the text of standard input under its shown name.
    pub(crate) fn keep_standard_input(&mut self, name: String, text: Vec<u8>) {
        self.standard_input = Some((name, text));
    }

    fn line(&self, path: &str, line: usize) -> Option<Vec<u8>> {
        let mut lines = self.lines.borrow_mut();
        let usable = lines.as_ref().is_some_and(|open| open.path == path && open.next <= line);
        if !usable {
            *lines = Lines::open(path);
        }
        lines.as_mut()?.get(line)
    }
}

impl Sources for Texts {
    fn text(&self, file: &str) -> Option<Cow<'_, [u8]>> {
        match &self.standard_input {
            Some((name, text)) if name == file => return Some(Cow::Borrowed(text)),
            _ if file == STANDARD_INPUT => return None,
            _ => {}
        }
        match self.line_of(file) {
            Some((path, line)) => self.line(path, line).map(Cow::Owned),
            None => read::file(Path::new(file), LONGEST_FILE).ok().map(Cow::Owned),
        }
    }

    fn line_of<'a>(&self, file: &'a str) -> Option<(&'a str, usize)> {
        let (path, line) = file.rsplit_once(':')?;
        let line = line.parse().ok().filter(|line| *line > 0)?;
        (path == STANDARD_INPUT || is_lines(path)).then_some((path, line))
    }
}

/// A file that is read line by line. Findings come in the order of the file, so one pass is enough.
#[derive(Debug)]
struct Lines {
    path: String,
    reader: BufReader<File>,
    /// The number of the line that is read next.
    next: usize,
}

impl Lines {
    fn open(path: &str) -> Option<Self> {
        let reader = BufReader::new(read::open(Path::new(path)).ok()?);
        Some(Self { path: path.to_owned(), reader, next: 1 })
    }

    fn get(&mut self, line: usize) -> Option<Vec<u8>> {
        while self.next < line {
            if self.reader.skip_until(b'\n').ok()? == 0 {
                return None;
            }
            self.next += 1;
        }
        let mut text = Vec::new();
        self.reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut text).ok()?;
        if text.last() == Some(&b'\n') {
            text.pop();
        } else {
            self.reader.skip_until(b'\n').ok()?;
        }
        self.next += 1;
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::io::Write;

    use super::*;

    #[test]
    fn lines_are_found_forwards_and_backwards() {
        let mut file = tempfile::Builder::new().suffix(".ndjson").tempfile().unwrap();
        file.write_all(b"one\ntwo\nthree").unwrap();
        let path = file.path().to_str().unwrap();
        let texts = Texts::default();
        let line = |line| texts.text(&format!("{path}:{line}")).map(Cow::into_owned);
        assert_eq!(line(2).unwrap(), b"two");
        assert_eq!(line(3).unwrap(), b"three");
        assert_eq!(line(1).unwrap(), b"one");
        assert_eq!(line(9), None);
    }

    #[test]
    fn only_files_of_lines_have_line_numbers_in_their_names() {
        assert_eq!(Texts::default().line_of("a.jsonl:3"), Some(("a.jsonl", 3)));
        assert_eq!(Texts::default().line_of("a.yaml:3"), None);
    }
}
