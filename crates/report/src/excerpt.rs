//! One line of a text, cut and cleaned for display, and the place under which the caret goes.
//!
//! Not done with `annotate-snippets`: it draws another gutter than ours, panics on spans outside of the text, and has
//! no way to mask a region, which here has to happen before anything else looks at the line.

use std::ops::Range;

use setpoint_core::finding::Span;
use unicode_width::UnicodeWidthChar;

use crate::location::{Text, starts_character};
use crate::wording::{escape, is_deceptive};

/// What stands for a secret, whatever its length.
const MASK: &str = "••••••";
const MASK_CELLS: usize = 6;
/// What stands for what was cut off.
const CUT: &str = "…";
/// Tab stops are not kept, as a window has no left border to count from.
const TAB: &str = "    ";

/// A displayed line with a marked part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// The line.
    pub line: String,
    /// Terminal cells before the mark.
    pub indent: usize,
    /// Terminal cells of the mark, at least 1.
    pub cells: usize,
}

/// A piece of the line that is shown or cut as a whole.
struct Piece {
    shown: String,
    cells: usize,
    bytes: Range<usize>,
}

/// Shows the line on which `start` lies, at most `width` cells of it (but never less than 20 or more than 1000), with
/// the part from `start` to `end` marked: to the end of the line when `end` lies on another one. Regions in `hidden`
/// are masked.
pub(crate) fn excerpt(text: &Text<'_>, start: usize, end: usize, hidden: &[Span], width: usize) -> Excerpt {
    let width = width.clamp(20, 1000);
    let (_, line) = text.line(start);
    let start = start.min(line.end);
    let end = if end > line.end { trimmed_end(text, &line) } else { end }.max(start);
    let secrets = secrets(text, &line, hidden);

    // A piece takes a cell or more for at most 4 bytes (combining marks aside), so this much is enough to choose from;
    // a line may be as long as the document.
    let reach = width * 4;
    let from = boundary(text, reach_left(start, reach, &secrets).max(line.start), &line);
    let to = boundary(text, reach_right(start, reach, &secrets).min(line.end), &line);
    let pieces = pieces(text, from..to, &secrets);

    let first = pieces.iter().position(|piece| piece.bytes.end > start).unwrap_or(pieces.len());
    let last = pieces.iter().position(|piece| piece.bytes.start >= end).unwrap_or(pieces.len()).max(first);
    let shown = window(&pieces, first..last, width, from > line.start, to < line.end);
    draw(&pieces, first..last, &shown, from > line.start, to < line.end)
}

/// The end of the line without trailing blanks, which nobody wants underlined.
fn trimmed_end(text: &Text<'_>, line: &Range<usize>) -> usize {
    line.start + text.bytes(line.clone()).trim_ascii_end().len()
}

/// Whether the byte belongs to the character before it.
fn continues(text: &Text<'_>, at: usize) -> bool {
    text.bytes.get(at).is_some_and(|byte| !starts_character(*byte))
}

/// The next start of a character at or after `offset`.
fn boundary(text: &Text<'_>, offset: usize, line: &Range<usize>) -> usize {
    (offset..line.end).take(4).find(|at| !continues(text, *at)).unwrap_or(offset)
}

/// The secrets on the line: whole characters, in order, and none next to another.
fn secrets(text: &Text<'_>, line: &Range<usize>, hidden: &[Span]) -> Vec<Range<usize>> {
    let on_line = hidden.iter().filter(|span| span.start < line.end && span.end > line.start && span.start < span.end);
    let mut regions: Vec<Range<usize>> = on_line
        .map(|span| {
            let mut start = span.start.max(line.start);
            while start > line.start && continues(text, start) {
                start -= 1;
            }
            let mut end = span.end.min(line.end);
            while end < line.end && continues(text, end) {
                end += 1;
            }
            start..end
        })
        .collect();
    regions.sort_by_key(|region| region.start);
    regions.dedup_by(|next, region| {
        let touches = next.start <= region.end;
        if touches {
            region.end = region.end.max(next.end);
        }
        touches
    });
    regions
}

/// The offset `reach` visible bytes to the right. Secrets do not count: how much of the line is shown must not tell
/// how long they are.
fn reach_right(start: usize, reach: usize, secrets: &[Range<usize>]) -> usize {
    let mut at = start;
    let mut rest = reach;
    for secret in secrets.iter().filter(|secret| secret.end > start) {
        let visible = secret.start.saturating_sub(at);
        if visible >= rest {
            break;
        }
        rest -= visible;
        at = secret.end;
    }
    at.saturating_add(rest)
}

/// The same to the left.
fn reach_left(start: usize, reach: usize, secrets: &[Range<usize>]) -> usize {
    let mut at = start;
    let mut rest = reach;
    for secret in secrets.iter().rev().filter(|secret| secret.start < start) {
        let visible = at.saturating_sub(secret.end);
        if visible >= rest {
            break;
        }
        rest -= visible;
        at = secret.start;
    }
    at.saturating_sub(rest)
}

fn pieces(text: &Text<'_>, range: Range<usize>, secrets: &[Range<usize>]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = range.start;
    for secret in secrets.iter().filter(|secret| secret.start < range.end && secret.end > range.start) {
        clear_pieces(text, at..secret.start, &mut pieces);
        pieces.push(Piece { shown: MASK.to_owned(), cells: MASK_CELLS, bytes: secret.clone() });
        at = secret.end;
    }
    clear_pieces(text, at..range.end, &mut pieces);
    pieces
}

/// The pieces of a part without secrets.
fn clear_pieces(text: &Text<'_>, range: Range<usize>, pieces: &mut Vec<Piece>) {
    let mut at = range.start;
    let mut push = |shown: String, cells: usize, length: usize| {
        pieces.push(Piece { shown, cells, bytes: at..at + length });
        at += length;
    };
    for chunk in text.bytes(range).utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\t' => push(TAB.to_owned(), TAB.len(), 1),
                deceptive if is_deceptive(deceptive) => {
                    let shown = escape(deceptive);
                    let cells = shown.len();
                    push(shown, cells, deceptive.len_utf8());
                }
                other => push(other.to_string(), other.width().unwrap_or(0), other.len_utf8()),
            }
        }
        for byte in chunk.invalid() {
            push(format!("\\x{byte:02x}"), 4, 1);
        }
    }
}

/// Chooses the pieces to show: all if they fit, otherwise the marked ones with what fits around them.
fn window(pieces: &[Piece], mark: Range<usize>, width: usize, cut_left: bool, cut_right: bool) -> Range<usize> {
    let total: usize = pieces.iter().map(|piece| piece.cells).sum();
    if total <= width && !cut_left && !cut_right {
        return 0..pieces.len();
    }
    // One cell for each ellipsis.
    let room = width.saturating_sub(2);
    let marked: usize = cells(pieces, mark.clone()).min(room * 2 / 3);
    let before = cells(pieces, 0..mark.start);
    let after: usize = cells(pieces, mark.start..pieces.len()).saturating_sub(marked);
    let half = (room - marked) / 2;
    let left = before.min(half.max((room - marked).saturating_sub(after)));

    let mut first = mark.start;
    let mut used = 0;
    for (index, piece) in pieces.iter().enumerate().take(mark.start).rev() {
        if used + piece.cells > left {
            break;
        }
        used += piece.cells;
        first = index;
    }
    let mut last = mark.start;
    for (index, piece) in pieces.iter().enumerate().skip(mark.start) {
        if used + piece.cells > room {
            break;
        }
        used += piece.cells;
        last = index + 1;
    }
    first..last
}

fn cells(pieces: &[Piece], range: Range<usize>) -> usize {
    pieces.get(range).unwrap_or_default().iter().map(|piece| piece.cells).sum()
}

fn draw(pieces: &[Piece], mark: Range<usize>, shown: &Range<usize>, cut_left: bool, cut_right: bool) -> Excerpt {
    let cut_left = cut_left || shown.start > 0;
    let cut_right = cut_right || shown.end < pieces.len();
    let visible: String =
        pieces.get(shown.clone()).unwrap_or_default().iter().map(|piece| piece.shown.as_str()).collect();
    let left = if cut_left { CUT } else { "" };
    let right = if cut_right { CUT } else { "" };
    let start = mark.start.clamp(shown.start, shown.end);
    let end = mark.end.clamp(start, shown.end);
    Excerpt {
        line: format!("{left}{visible}{right}"),
        indent: usize::from(cut_left) + cells(pieces, shown.start..start),
        cells: cells(pieces, start..end).max(1),
    }
}
