//! A loaded bundle, ready to answer calls from any thread.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde::Serialize;
use serde::de::DeserializeOwned;
use setpoint_core::call::{
    CheckAnswer, CheckCall, CompareAnswer, CompareCall, ConvertAnswer, ConvertCall, ConvertLinesAnswer, GateAnswer,
    GateCall, LinesAnswer, LoadAnswer, MergeAnswer, MergeCall, RulesAnswer,
};

use setpoint_core::report::Cost;

use crate::error::CheckerError;
use crate::instance::{Instance, Linked};
use crate::limits::Limits;

/// An instance that grew beyond this is not kept: one large document must not hold its memory for ever.
const KEEP: usize = 128 << 20;

/// A loaded bundle, ready to answer calls from any thread.
///
/// It holds a pool of instances. Each thread that calls takes one, or makes one when none is free, so there are
/// as many as there were calls at the same time. After an error the instance is thrown away: whatever state the
/// guest was in, the next call does not see it.
pub struct Policy {
    shared: Arc<Shared>,
    /// Fuel of a call at most, below what the limits give it.
    most_fuel: u64,
}

/// What all uses of a policy share.
struct Shared {
    linked: Arc<Linked>,
    bundle: Vec<u8>,
    answer: LoadAnswer,
    free: Mutex<Vec<Instance>>,
}

impl std::fmt::Debug for Policy {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Policy").field("answer", &self.shared.answer).finish_non_exhaustive()
    }
}

impl Policy {
    pub(crate) fn load(linked: Arc<Linked>, bundle: &[u8]) -> Result<Self, CheckerError> {
        let (instance, answer) = loaded(&linked, bundle)?;
        let answer = read("the bundle", &answer)?;
        let shared = Shared { linked, bundle: bundle.to_vec(), answer, free: Mutex::new(vec![instance]) };
        Ok(Self { shared: Arc::new(shared), most_fuel: u64::MAX })
    }

    /// The same policy for calls that take so much fuel at most: what takes more ends as a [`CheckerError::Fuel`], and can be asked
    /// again of the policy itself. For whoever may not be held up, like a thread that serves others.
    #[must_use]
    pub fn within(&self, fuel: u64) -> Self {
        Self { shared: Arc::clone(&self.shared), most_fuel: fuel }
    }

    /// Whether a call can begin at once: an instance is free, and none has to be made.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.shared.free.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// What loading found: the digest, and the findings of schema files.
    #[must_use]
    pub fn load_answer(&self) -> &LoadAnswer {
        &self.shared.answer
    }

    /// The limits of every call.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.shared.linked.limits
    }

    /// Checks one document.
    ///
    /// # Errors
    /// A limit or an internal fault; the error names the document.
    pub fn check(&self, call: &CheckCall, text: &[u8]) -> Result<CheckAnswer, CheckerError> {
        read(&call.file, &self.check_bytes(call, text)?)
    }

    /// Checks one document; the answer is the JSON text that the guest wrote.
    ///
    /// # Errors
    /// As for [`Policy::check`].
    pub fn check_text(&self, call: &CheckCall, text: &[u8]) -> Result<String, CheckerError> {
        written(&call.file, self.check_bytes(call, text)?)
    }

    fn check_bytes(&self, call: &CheckCall, text: &[u8]) -> Result<Vec<u8>, CheckerError> {
        let request = write(&call.file, call)?;
        let former = call.before.as_ref().map_or(0, |before| before.text.len());
        self.with_instance(|instance| instance.check(&call.file, &request, former, text))
    }

    /// Checks every line of `text` as a document of its own; lines are counted from `first_line`. For files of
    /// any length see [`Policy::check_lines_of`].
    ///
    /// # Errors
    /// A limit or an internal fault, which then concerns the whole of `text`; the error names the file.
    pub fn check_lines(&self, call: &CheckCall, first_line: usize, text: &[u8]) -> Result<LinesAnswer, CheckerError> {
        read(&call.file, &self.check_lines_bytes(call, first_line, text)?)
    }

    /// Checks every line; the answer is the JSON text that the guest wrote.
    ///
    /// # Errors
    /// As for [`Policy::check_lines`].
    pub fn check_lines_text(&self, call: &CheckCall, first_line: usize, text: &[u8]) -> Result<String, CheckerError> {
        written(&call.file, self.check_lines_bytes(call, first_line, text)?)
    }

    fn check_lines_bytes(&self, call: &CheckCall, first_line: usize, text: &[u8]) -> Result<Vec<u8>, CheckerError> {
        let request = write(&call.file, call)?;
        let line = u64::try_from(first_line).unwrap_or(u64::MAX);
        self.with_instance(|instance| instance.check_lines(&call.file, &request, line, text))
    }

    /// Gates one migration.
    ///
    /// # Errors
    /// A limit or an internal fault; the error names the migration.
    pub fn gate(&self, call: &GateCall) -> Result<GateAnswer, CheckerError> {
        read(&call.migration, &self.gate_bytes(call)?.0)
    }

    /// Gates one migration, and says what that took.
    ///
    /// # Errors
    /// As for [`Policy::gate`].
    pub fn gate_with_cost(&self, call: &GateCall) -> Result<(GateAnswer, Cost), CheckerError> {
        let begun = Instant::now();
        let (answer, fuel) = self.gate_bytes(call)?;
        let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok((read(&call.migration, &answer)?, Cost { fuel, milliseconds }))
    }

    /// Gates one migration; the answer is the JSON text that the guest wrote.
    ///
    /// # Errors
    /// As for [`Policy::gate`].
    pub fn gate_text(&self, call: &GateCall) -> Result<String, CheckerError> {
        written(&call.migration, self.gate_bytes(call)?.0)
    }

    fn gate_bytes(&self, call: &GateCall) -> Result<(Vec<u8>, u64), CheckerError> {
        let request = write(&call.migration, call)?;
        self.with_instance(|instance| instance.gate(&call.migration, &request))
    }

    /// Takes one document from one version to another.
    ///
    /// # Errors
    /// A limit or an internal fault; the error names the document.
    pub fn convert(&self, call: &ConvertCall, text: &[u8]) -> Result<ConvertAnswer, CheckerError> {
        read(&call.file, &self.convert_bytes(call, text)?)
    }

    /// Takes one document from one version to another; the answer is the JSON text that the guest wrote.
    ///
    /// # Errors
    /// As for [`Policy::convert`].
    pub fn convert_text(&self, call: &ConvertCall, text: &[u8]) -> Result<String, CheckerError> {
        written(&call.file, self.convert_bytes(call, text)?)
    }

    fn convert_bytes(&self, call: &ConvertCall, text: &[u8]) -> Result<Vec<u8>, CheckerError> {
        let request = write(&call.file, call)?;
        self.with_instance(|instance| instance.convert(&call.file, &request, text))
    }

    /// Takes every line of `text`, a JSON document each, from one version to another. Gives what is said of them, and the documents,
    /// one a line; the line of a document that needs a call of its own is empty.
    ///
    /// # Errors
    /// A limit or an internal fault, which then concerns the whole of `text`.
    pub fn convert_lines(
        &self,
        call: &ConvertCall,
        text: &[u8],
    ) -> Result<(ConvertLinesAnswer, Vec<u8>), CheckerError> {
        let request = write(&call.file, call)?;
        let (answer, documents) = self.with_instance(|instance| instance.convert_lines(&call.file, &request, text))?;
        Ok((read(&call.file, &answer)?, documents))
    }

    /// Compares what two people made of one document.
    ///
    /// # Errors
    /// A limit or an internal fault; the error names the document.
    pub fn merge(&self, call: &MergeCall) -> Result<MergeAnswer, CheckerError> {
        read(&call.file, &self.merge_bytes(call)?)
    }

    /// Compares what two people made of one document; the answer is the JSON text that the guest wrote.
    ///
    /// # Errors
    /// As for [`Policy::merge`].
    pub fn merge_text(&self, call: &MergeCall) -> Result<String, CheckerError> {
        written(&call.file, self.merge_bytes(call)?)
    }

    fn merge_bytes(&self, call: &MergeCall) -> Result<Vec<u8>, CheckerError> {
        let request = write(&call.file, call)?;
        self.with_instance(|instance| instance.merge(&call.file, &request))
    }

    /// Tries the examples beside rules.
    ///
    /// # Errors
    /// A limit or an internal fault.
    pub fn try_rules(&self) -> Result<RulesAnswer, CheckerError> {
        read("the rules", &self.with_instance(Instance::try_rules)?)
    }

    /// Compares two schemas.
    ///
    /// # Errors
    /// A limit or an internal fault; the error names the new family.
    pub fn compare(&self, call: &CompareCall) -> Result<CompareAnswer, CheckerError> {
        read(&call.new.settings, &self.compare_bytes(call)?)
    }

    /// Compares two schemas; the answer is the JSON text that the guest wrote.
    ///
    /// # Errors
    /// As for [`Policy::compare`].
    pub fn compare_text(&self, call: &CompareCall) -> Result<String, CheckerError> {
        written(&call.new.settings, self.compare_bytes(call)?)
    }

    fn compare_bytes(&self, call: &CompareCall) -> Result<Vec<u8>, CheckerError> {
        let request = write(&call.new.settings, call)?;
        self.with_instance(|instance| instance.compare(&call.new.settings, &request))
    }

    /// The documentation page of a finding code, in Markdown; `None` when there is no such code.
    ///
    /// # Errors
    /// An internal fault.
    pub fn explain(&self, code: &str) -> Result<Option<String>, CheckerError> {
        self.with_instance(|instance| instance.explain(code))
    }

    fn with_instance<R>(&self, call: impl FnOnce(&mut Instance) -> Result<R, CheckerError>) -> Result<R, CheckerError> {
        let free = self.shared.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut instance = match free {
            Some(instance) => instance,
            None => loaded(&self.shared.linked, &self.shared.bundle)?.0,
        };
        instance.most_fuel = self.most_fuel;
        // On an error the instance is dropped here.
        let answer = call(&mut instance)?;
        if instance.memory() <= KEEP {
            self.shared.free.lock().unwrap_or_else(PoisonError::into_inner).push(instance);
        }
        Ok(answer)
    }
}

/// An instance that has loaded the bundle, and what it said.
fn loaded(linked: &Linked, bundle: &[u8]) -> Result<(Instance, Vec<u8>), CheckerError> {
    let mut instance = linked.instance("the bundle")?;
    match instance.load(bundle)? {
        Ok(answer) => Ok((instance, answer)),
        Err(message) => Err(CheckerError::Bundle { message }),
    }
}

fn write<C: Serialize>(document: &str, call: &C) -> Result<Vec<u8>, CheckerError> {
    serde_json::to_vec(call).map_err(|error| wrong(document, &error))
}

fn read<A: DeserializeOwned>(document: &str, answer: &[u8]) -> Result<A, CheckerError> {
    serde_json::from_slice(answer).map_err(|error| wrong(document, &error))
}

fn written(document: &str, answer: Vec<u8>) -> Result<String, CheckerError> {
    String::from_utf8(answer).map_err(|error| wrong(document, &error))
}

fn wrong(document: &str, error: &impl std::fmt::Display) -> CheckerError {
    CheckerError::Answer { document: document.to_owned(), message: error.to_string() }
}
