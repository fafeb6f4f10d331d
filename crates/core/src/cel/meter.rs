//! The work of evaluating an expression: the same number in every host.
//!
//! The units are those of Kubernetes: one for looking at a name, a field or an item, one for a call, a tenth for every byte
//! that a call has to look at or make, ten for a list that is made and thirty for a map.

/// What making a list costs.
pub const LIST: u64 = 10;
/// What making a map costs.
pub const MAP: u64 = 30;

/// Counts work up to a limit.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    spent: u64,
    limit: u64,
}

impl Meter {
    /// Nothing spent yet.
    pub fn new(limit: u64) -> Self {
        Self { spent: 0, limit }
    }

    /// What was spent, at most a little more than the limit.
    pub fn spent(&self) -> u64 {
        self.spent
    }

    /// Spends.
    pub fn add(&mut self, work: u64) {
        self.spent = self.spent.saturating_add(work);
    }

    /// Whether more was spent than the limit allows.
    pub fn is_over(&self) -> bool {
        self.spent > self.limit
    }
}

/// The work of looking at that many bytes: a tenth of a unit each.
pub fn traversal(bytes: u64) -> u64 {
    bytes.div_ceil(10)
}
