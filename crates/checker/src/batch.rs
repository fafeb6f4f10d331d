//! Many documents on all cores.

use setpoint_core::call::{CheckAnswer, CheckCall};

use crate::error::CheckerError;
use crate::ordered::in_order;
use crate::policy::Policy;

/// One document of a batch.
#[derive(Clone, Debug)]
pub struct BatchItem {
    /// What to call it and what to check it against.
    pub call: CheckCall,
    /// Its text.
    pub text: Vec<u8>,
}

impl Policy {
    /// Checks documents on `threads` threads and hands the answers to `deliver` in the order of the documents.
    /// Documents are taken from the iterator when their turn comes, so an iterator that reads files holds only a
    /// few of them. A document that meets a limit gives its error and harms no other.
    ///
    /// Whoever wants to read files in parallel too uses [`in_order`] with [`Policy::check`].
    ///
    /// # Errors
    /// The first error of `deliver`; no further document is taken then.
    pub fn check_batch<E>(
        &self,
        items: impl Iterator<Item = BatchItem> + Send,
        threads: usize,
        deliver: impl FnMut(Result<CheckAnswer, CheckerError>) -> Result<(), E>,
    ) -> Result<(), E> {
        in_order(items, threads, self.limits().stack, |item| self.check(&item.call, &item.text), deliver)
    }
}
