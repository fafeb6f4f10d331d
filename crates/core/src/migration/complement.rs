//! The complement: what going up loses, kept beside the document so that the way back is exact.
//!
//! The term is from symmetric lenses (Hofmann, Pierce and Wagner, "Symmetric Lenses", POPL 2011).

use crate::source::Node;

/// What one step did to one document, and what it took away.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// The step found nothing to do.
    Untouched,
    /// A value was added.
    Added,
    /// A value was removed from this position among the members of its object.
    Removed {
        /// The position, from 0.
        position: usize,
        /// The value.
        value: Node,
    },
    /// A key was renamed in place.
    Renamed,
    /// A value was moved away from this position; so many objects were made for it.
    Moved {
        /// The position, from 0.
        position: usize,
        /// How many objects were made on the way to the target.
        made: usize,
    },
}

/// One record per step, in the order of the steps.
pub type Complement = Vec<Record>;
