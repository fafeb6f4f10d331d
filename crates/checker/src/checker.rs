//! A guest that is linked and ready to make instances.

use std::path::Path;
use std::sync::Arc;

use wasmtime::component::{Component, Linker};
use wasmtime::{Cache, Engine};

use crate::error::{CheckerError, GuestFault};
use crate::guest_file::{self, one_line};
use crate::instance::Linked;
use crate::limits::Limits;
use crate::policy::Policy;

/// A guest that is linked and ready to make instances. Clones share everything.
#[derive(Clone)]
pub struct Checker {
    linked: Arc<Linked>,
    cache: Option<Cache>,
}

impl std::fmt::Debug for Checker {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Checker").field("limits", &self.linked.limits).finish_non_exhaustive()
    }
}

impl Checker {
    /// The guest that this program carries. Takes about a millisecond; nothing is compiled.
    ///
    /// # Errors
    /// [`CheckerError::Start`] when the engine does not start on this machine.
    #[cfg(feature = "image")]
    pub fn embedded(limits: Limits) -> Result<Self, CheckerError> {
        let start = |error: wasmtime::Error| CheckerError::Start { message: one_line(&error) };
        let (engine, component) = crate::image::load(limits.stack).map_err(start)?;
        let linked =
            link(&engine, &component, limits).map_err(|fault| CheckerError::Start { message: fault.to_string() })?;
        Ok(Self { linked: Arc::new(linked), cache: None })
    }

    /// Another guest. It is compiled when it is seen for the first time and taken from the cache in the user's
    /// cache directory afterwards.
    ///
    /// # Errors
    /// [`CheckerError::Read`] when the file cannot be read, [`CheckerError::Guest`] when it is not a component of
    /// the world `setpoint:core/checker`, or has imports.
    pub fn from_file(file: &Path, limits: Limits) -> Result<Self, CheckerError> {
        Self::load(file, limits, None)
    }

    /// Like [`Checker::from_file`], with the cache in `directory`.
    ///
    /// # Errors
    /// As for [`Checker::from_file`].
    pub fn from_file_cached_in(file: &Path, limits: Limits, directory: &Path) -> Result<Self, CheckerError> {
        Self::load(file, limits, Some(directory))
    }

    fn load(file: &Path, limits: Limits, directory: Option<&Path>) -> Result<Self, CheckerError> {
        let (engine, component, cache) = guest_file::load(file, &limits, directory)?;
        let linked = link(&engine, &component, limits).map_err(|fault| guest_file::fault(file, fault))?;
        let checker = Self { linked: Arc::new(linked), cache };
        // Exports have their types checked when an instance is made: do it here, where the file can be named.
        match checker.linked.instance("the checker itself") {
            Ok(_) => Ok(checker),
            Err(CheckerError::Guest { fault, .. }) => Err(guest_file::fault(file, fault)),
            Err(other) => Err(other),
        }
    }

    /// Whether [`Checker::from_file`] found the guest in the cache; `None` when it had no cache.
    #[must_use]
    pub fn was_cached(&self) -> Option<bool> {
        self.cache.as_ref().map(|cache| cache.cache_hits() > 0)
    }

    /// Loads a bundle (canonical JSON text).
    ///
    /// # Errors
    /// [`CheckerError::Bundle`] when the text is not a bundle, or a limit. Schemas that are wrong are findings in
    /// [`Policy::load_answer`].
    pub fn policy(&self, bundle: &[u8]) -> Result<Policy, CheckerError> {
        Policy::load(Arc::clone(&self.linked), bundle)
    }

    /// The documentation page of a finding code, in Markdown; `None` when there is no such code.
    ///
    /// # Errors
    /// [`CheckerError::Trap`] for a fault of the guest.
    pub fn explain(&self, code: &str) -> Result<Option<String>, CheckerError> {
        self.linked.instance(code)?.explain(code)
    }

    /// The interfaces that the guest imports: none, always. There so that anybody can look.
    #[must_use]
    pub fn imports(&self) -> Vec<String> {
        let component = self.linked.component();
        component.component_type().imports(component.engine()).map(|(name, _)| name.to_owned()).collect()
    }

    /// The interfaces that the guest exports.
    #[must_use]
    pub fn exports(&self) -> Vec<String> {
        let component = self.linked.component();
        component.component_type().exports(component.engine()).map(|(name, _)| name.to_owned()).collect()
    }

    /// The limits it was made with.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.linked.limits
    }
}

fn link(engine: &Engine, component: &Component, limits: Limits) -> Result<Linked, GuestFault> {
    if let Some((import, _)) = component.component_type().imports(engine).next() {
        return Err(GuestFault::Imports { import: import.to_owned() });
    }
    // INVARIANT: nothing is ever added to this linker.
    let pre = Linker::new(engine)
        .instantiate_pre(component)
        .map_err(|error| GuestFault::Invalid { message: one_line(&error) })?;
    Linked::new(pre, limits)
}
