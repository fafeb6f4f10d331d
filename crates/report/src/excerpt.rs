//! One line of a text, cut and cleaned for display, and the place under which the caret goes.
//!
//! Not done with `annotate-snippets`: it draws another gutter than ours, panics on spans outside of the text, and has
//! no way to mask a region, which here has to happen before anything else looks at the line.

use std::ops::Range;

use setpoint_core::finding::Span;
use unicode_width::UnicodeWidthChar;

use crate::location::Text;
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
    is_mask: bool,
}

/// Shows the line on which `start` lies, at most `width` cells of it (but never less than 20), with the part from
/// `start` to `end` marked: to the end of the line when `end` lies on another one. Regions in `hidden` are masked.
pub(crate) fn excerpt(text: &Text<'_>, start: usize, end: usize, hidden: &[Span], width: usize) -> Excerpt {
    let width = width.max(20);
    let (_, line) = text.line(start);
    let start = start.min(line.end);
    let end = if end > line.end { trimmed_end(text, &line) } else { end }.max(start);

    // A piece is shown in one cell or more for at most 4 bytes (combining marks aside), so this much is enough to
    // choose from; a line may be as long as the document.
    let reach = width * 4 + 16;
    let from = boundary(text, line.start.max(start.saturating_sub(reach)), &line);
    let to = boundary(text, line.end.min(end.min(start.saturating_add(reach)).saturating_add(reach)), &line);
    let pieces = pieces(text.bytes(from..to), from, hidden);

    let first = pieces.iter().position(|piece| piece.bytes.end > start).unwrap_or(pieces.len());
    let last = pieces.iter().position(|piece| piece.bytes.start >= end).unwrap_or(pieces.len()).max(first);
    let shown = window(&pieces, first..last, width, from > line.start, to < line.end);
    draw(&pieces, first..last, &shown, from > line.start, to < line.end)
}

/// The end of the line without trailing blanks, which nobody wants underlined.
fn trimmed_end(text: &Text<'_>, line: &Range<usize>) -> usize {
    line.start + text.bytes(line.clone()).trim_ascii_end().len()
}

/// The next start of a character at or after `offset`.
fn boundary(text: &Text<'_>, offset: usize, line: &Range<usize>) -> usize {
    let continues = |at: &usize| text.bytes.get(*at).is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000);
    (offset..line.end).take(4).find(|at| !continues(at)).unwrap_or(if offset + 4 < line.end {
        offset
    } else {
        line.end
    })
}

fn pieces(bytes: &[u8], offset: usize, hidden: &[Span]) -> Vec<Piece> {
    let reach = offset..offset + bytes.len();
    let hidden: Vec<Range<usize>> = hidden
        .iter()
        .map(|span| span.start..span.end)
        .filter(|region| region.start < reach.end && region.end > reach.start)
        .collect();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut at = offset;
    let mut push = |shown: String, cells: usize, length: usize| {
        let bytes = at..at + length;
        at += length;
        if !hidden.iter().any(|region| region.start < bytes.end && region.end > bytes.start) {
            pieces.push(Piece { shown, cells, bytes, is_mask: false });
            return;
        }
        match pieces.last_mut() {
            Some(mask) if mask.is_mask => mask.bytes.end = bytes.end,
            _ => pieces.push(Piece { shown: MASK.to_owned(), cells: MASK_CELLS, bytes, is_mask: true }),
        }
    };
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            let shown = match character {
                '\t' => TAB.to_owned(),
                deceptive if is_deceptive(deceptive) => escape(deceptive),
                other => other.to_string(),
            };
            let cells = match character {
                '\t' => TAB.len(),
                deceptive if is_deceptive(deceptive) => shown.len(),
                other => other.width().unwrap_or(0),
            };
            push(shown, cells, character.len_utf8());
        }
        for byte in chunk.invalid() {
            push(format!("\\x{byte:02x}"), 4, 1);
        }
    }
    pieces
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
