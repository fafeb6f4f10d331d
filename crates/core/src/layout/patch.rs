//! Patches: the lines in which one text differs from another, found again after other lines have changed.
//!
//! The differences come from the `similar` crate (Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1986):
//! small, without dependencies, and the same on every host.

use serde::{Deserialize, Serialize};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Lines to be replaced by others. Lines have their ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hunk {
    /// The first line that is replaced, from 0.
    pub line: usize,
    /// The line before it, which tells the place when nothing is replaced.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<String>,
    /// The lines that go.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub remove: Vec<String>,
    /// The lines that come.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub insert: Vec<String>,
}

/// The patch that makes `to` from `from`.
///
/// ```
/// use setpoint_core::layout::patch::{apply, between};
///
/// let patch = between("a\nb\n", "a # old\nb\n");
/// assert_eq!(apply("a\nb\nc\n", &patch).as_deref(), Some("a # old\nb\nc\n"));
/// ```
#[must_use]
pub fn between(from: &str, to: &str) -> Vec<Hunk> {
    let (old, new): (Vec<&str>, Vec<&str>) = (from.split_inclusive('\n').collect(), to.split_inclusive('\n').collect());
    let owned = |lines: Option<&[&str]>| -> Vec<String> {
        lines.unwrap_or_default().iter().map(|line| (*line).to_owned()).collect()
    };
    let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
    let hunk = |op: &DiffOp| {
        let (before, after) = (op.old_range(), op.new_range());
        let context = before.start.checked_sub(1).and_then(|line| old.get(line)).filter(|_| before.is_empty());
        Hunk {
            line: before.start,
            after: context.map(|line| (*line).to_owned()),
            remove: owned(old.get(before)),
            insert: owned(new.get(after)),
        }
    };
    ops.iter().filter(|op| !matches!(op, DiffOp::Equal { .. })).map(hunk).collect()
}

/// The text with a patch applied; each hunk where its lines are nearest to where they were. `None` when they are nowhere.
#[must_use]
pub fn apply(text: &str, patch: &[Hunk]) -> Option<String> {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    // From the end, so that the lines before keep their numbers.
    for hunk in patch.iter().rev() {
        let fits = |at: usize| match &hunk.after {
            Some(after) if hunk.remove.is_empty() => {
                at.checked_sub(1).and_then(|at| lines.get(at)) == Some(&after.as_str())
            }
            None if hunk.remove.is_empty() => at == 0,
            _ => lines.get(at..at + hunk.remove.len()).is_some_and(|here| here == hunk.remove.as_slice()),
        };
        let at = (0..=lines.len()).filter(|at| fits(*at)).min_by_key(|at| at.abs_diff(hunk.line))?;
        lines.splice(at..at + hunk.remove.len(), hunk.insert.iter().map(String::as_str));
    }
    Some(lines.concat())
}
