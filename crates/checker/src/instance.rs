//! One running guest: its store, its limits, its functions.

use wasmtime::component::{
    Component, ComponentExportIndex, ComponentNamedList, Func, InstancePre, Lift, Lower, TypedFunc,
};
use wasmtime::{ResourceLimiter, Store, Trap};

use crate::error::{CheckerError, GuestFault};
use crate::guest_file::one_line;
use crate::limits::Limits;

/// The interface that a guest exports. A later version of the same interface is accepted by wasmtime's rules for
/// compatible versions.
const INTERFACE: &str = "setpoint:core/policy@0.1.0";
/// Core instances, tables and memories of one component instance: far more than one needs.
const PARTS: usize = 64;

/// A call that takes bytes and gives bytes.
type Bytes = (Result<Vec<u8>, String>,);
/// The same with a second text.
type BytesAndText = (Result<(Vec<u8>, Vec<u8>), String>,);

/// A component with its exports looked up.
pub(crate) struct Linked {
    pre: InstancePre<Meter>,
    exports: Exports<ComponentExportIndex>,
    pub(crate) limits: Limits,
}

struct Exports<F> {
    load: F,
    check: F,
    check_lines: F,
    gate: F,
    convert: F,
    convert_lines: F,
    merge: F,
    compare: F,
    try_rules: F,
    explain: F,
}

impl Linked {
    pub(crate) fn new(pre: InstancePre<Meter>, limits: Limits) -> Result<Self, GuestFault> {
        let component = pre.component();
        let interface = component
            .get_export_index(None, INTERFACE)
            .ok_or_else(|| GuestFault::World { export: INTERFACE.to_owned() })?;
        let function = |name: &str| component.get_export_index(Some(&interface), name).ok_or_else(|| missing(name));
        let exports = Exports {
            load: function("load")?,
            check: function("check")?,
            check_lines: function("check-lines")?,
            gate: function("gate")?,
            convert: function("convert")?,
            convert_lines: function("convert-lines")?,
            merge: function("merge")?,
            compare: function("compare")?,
            try_rules: function("try-rules")?,
            explain: function("explain")?,
        };
        Ok(Self { pre, exports, limits })
    }

    /// The component that instances are made of.
    pub(crate) fn component(&self) -> &Component {
        self.pre.component()
    }

    /// Makes an instance; `document` is what it is for.
    pub(crate) fn instance(&self, document: &str) -> Result<Instance, CheckerError> {
        let limits = self.limits;
        let mut store = Store::new(self.pre.engine(), Meter { limits, memory: 0, exceeded: None });
        store.limiter(|meter| meter);
        store.set_hostcall_fuel(limits.output);
        let fuel = limits.fuel(0);
        let instance = store
            .set_fuel(fuel)
            .and_then(|()| self.pre.instantiate(&mut store))
            .map_err(|error| explain_failure(&error, &store, document, fuel))?;
        let index = &self.exports;
        let functions = Exports {
            load: function::<(&[u8],), Bytes>(&mut store, &instance, &index.load, "load")?,
            check: function::<(&[u8], &[u8]), Bytes>(&mut store, &instance, &index.check, "check")?,
            check_lines: function::<(&[u8], u64, &[u8]), Bytes>(
                &mut store,
                &instance,
                &index.check_lines,
                "check-lines",
            )?,
            gate: function::<(&[u8],), Bytes>(&mut store, &instance, &index.gate, "gate")?,
            convert: function::<(&[u8], &[u8]), Bytes>(&mut store, &instance, &index.convert, "convert")?,
            convert_lines: function::<(&[u8], &[u8]), BytesAndText>(
                &mut store,
                &instance,
                &index.convert_lines,
                "convert-lines",
            )?,
            merge: function::<(&[u8],), Bytes>(&mut store, &instance, &index.merge, "merge")?,
            compare: function::<(&[u8],), Bytes>(&mut store, &instance, &index.compare, "compare")?,
            try_rules: function::<(), Bytes>(&mut store, &instance, &index.try_rules, "try-rules")?,
            explain: function::<(&str,), (Option<String>,)>(&mut store, &instance, &index.explain, "explain")?,
        };
        Ok(Instance { most_fuel: u64::MAX, store, functions })
    }
}

/// Looks a function up and makes sure that it has the right type.
fn function<P, R>(
    store: &mut Store<Meter>,
    instance: &wasmtime::component::Instance,
    index: &ComponentExportIndex,
    name: &str,
) -> Result<Func, CheckerError>
where
    P: ComponentNamedList + Lower,
    R: ComponentNamedList + Lift,
{
    let function = instance.get_func(&mut *store, index);
    let function = function.filter(|function| function.typed::<P, R>(&*store).is_ok());
    // The name of the file is filled in by `Checker::from_file`.
    function.ok_or_else(|| crate::guest_file::fault("".as_ref(), missing(name)))
}

fn missing(name: &str) -> GuestFault {
    GuestFault::World { export: format!("{INTERFACE}#{name}") }
}

/// A running guest.
pub(crate) struct Instance {
    /// Fuel of a call at most.
    pub(crate) most_fuel: u64,
    store: Store<Meter>,
    functions: Exports<Func>,
}

impl Instance {
    pub(crate) fn load(&mut self, bundle: &[u8]) -> Result<Result<Vec<u8>, String>, CheckerError> {
        // Loading compiles schemas: more work for a byte than checking a document.
        let fuel = self.store.data().limits.fuel(bundle.len()).saturating_mul(10);
        let function = self.functions.load;
        self.call("the bundle", fuel, bundle.len(), function, (bundle,)).map(|(answer,)| answer)
    }

    /// `former` is the number of bytes of what the document was before, which stands in the call.
    pub(crate) fn check(
        &mut self,
        document: &str,
        call: &[u8],
        former: usize,
        text: &[u8],
    ) -> Result<Vec<u8>, CheckerError> {
        // What the document was is read and judged as well.
        let size = text.len() + former;
        let fuel = self.store.data().limits.fuel(size);
        let function = self.functions.check;
        let (answer,) = self.call(document, fuel, size, function, (call, text))?;
        accepted(document, answer)
    }

    pub(crate) fn check_lines(
        &mut self,
        document: &str,
        call: &[u8],
        first_line: u64,
        text: &[u8],
    ) -> Result<Vec<u8>, CheckerError> {
        let fuel = self.store.data().limits.fuel_for_lines(text);
        let function = self.functions.check_lines;
        let (answer,) = self.call(document, fuel, text.len(), function, (call, first_line, text))?;
        accepted(document, answer)
    }

    /// The answer, and the fuel that it took.
    pub(crate) fn gate(&mut self, migration: &str, call: &[u8]) -> Result<(Vec<u8>, u64), CheckerError> {
        // Every document goes up, down and is checked at each stop.
        let fuel = self.store.data().limits.fuel(call.len()).saturating_mul(10);
        let function = self.functions.gate;
        let (answer,) = self.call(migration, fuel, call.len(), function, (call,))?;
        let left = self.store.get_fuel().unwrap_or_default();
        Ok((accepted(migration, answer)?, fuel.saturating_sub(left)))
    }

    pub(crate) fn convert(&mut self, document: &str, call: &[u8], text: &[u8]) -> Result<Vec<u8>, CheckerError> {
        // Every version on the way is read, changed and written.
        let size = call.len() + text.len();
        let fuel = self.store.data().limits.fuel(size).saturating_mul(10);
        let function = self.functions.convert;
        let (answer,) = self.call(document, fuel, size, function, (call, text))?;
        accepted(document, answer)
    }

    pub(crate) fn convert_lines(
        &mut self,
        document: &str,
        call: &[u8],
        text: &[u8],
    ) -> Result<(Vec<u8>, Vec<u8>), CheckerError> {
        let fuel = self.store.data().limits.fuel_for_lines(text).saturating_mul(10);
        let size = call.len() + text.len();
        let function = self.functions.convert_lines;
        let (answer,) = self.call(document, fuel, size, function, (call, text))?;
        accepted(document, answer)
    }

    pub(crate) fn merge(&mut self, document: &str, call: &[u8]) -> Result<Vec<u8>, CheckerError> {
        // Three documents are read, and a fourth is written.
        let fuel = self.store.data().limits.fuel(call.len()).saturating_mul(4);
        let function = self.functions.merge;
        let (answer,) = self.call(document, fuel, call.len(), function, (call,))?;
        accepted(document, answer)
    }

    pub(crate) fn compare(&mut self, settings: &str, call: &[u8]) -> Result<Vec<u8>, CheckerError> {
        // A proof, and thousands of documents that may refute it. How much is tried is counted inside.
        let fuel = self.store.data().limits.fuel(call.len()).saturating_mul(10);
        let function = self.functions.compare;
        let (answer,) = self.call(settings, fuel, call.len(), function, (call,))?;
        accepted(settings, answer)
    }

    pub(crate) fn try_rules(&mut self) -> Result<Vec<u8>, CheckerError> {
        // Every example is little, and how much a rule may cost is counted inside.
        let fuel = self.store.data().limits.fuel(0).saturating_mul(10);
        let function = self.functions.try_rules;
        let (answer,) = self.call("the rules", fuel, 0, function, ())?;
        accepted("the rules", answer)
    }

    pub(crate) fn explain(&mut self, code: &str) -> Result<Option<String>, CheckerError> {
        let fuel = self.store.data().limits.fuel(code.len());
        let function = self.functions.explain;
        self.call(code, fuel, code.len(), function, (code,)).map(|(page,)| page)
    }

    /// Bytes of linear memory that the instance holds.
    pub(crate) fn memory(&self) -> usize {
        self.store.data().memory
    }

    fn call<P, R>(
        &mut self,
        document: &str,
        fuel: u64,
        size: usize,
        function: Func,
        parameters: P,
    ) -> Result<R, CheckerError>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift,
    {
        let limit = self.store.data().limits.input;
        if size > limit {
            return Err(CheckerError::Input { document: document.to_owned(), size, limit });
        }
        let fuel = fuel.min(self.most_fuel);
        let store = &mut self.store;
        store
            .set_fuel(fuel)
            .and_then(|()| function.typed(&*store))
            .and_then(|function: TypedFunc<P, R>| function.call(&mut *store, parameters))
            .map_err(|error| explain_failure(&error, store, document, fuel))
    }
}

fn accepted<A>(document: &str, answer: Result<A, String>) -> Result<A, CheckerError> {
    answer.map_err(|message| CheckerError::Answer { document: document.to_owned(), message })
}

/// Turns a failed call into the error that names the limit.
fn explain_failure(error: &wasmtime::Error, store: &Store<Meter>, document: &str, fuel: u64) -> CheckerError {
    let document = document.to_owned();
    let limits = &store.data().limits;
    if let Some(exceeded) = store.data().exceeded {
        return match exceeded {
            Exceeded::Memory => CheckerError::Memory { document, limit: limits.memory },
            Exceeded::Table => CheckerError::Table { document, limit: limits.table },
        };
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => CheckerError::Fuel { document, limit: fuel },
        Some(Trap::StackOverflow) => CheckerError::Stack { document, limit: limits.stack },
        Some(trap) => CheckerError::Trap { document, message: trap.to_string() },
        None => {
            let message = one_line(error);
            // wasmtime has no type for this error; a test watches over its wording.
            if message.contains("fuel allocated for hostcalls has been exhausted") {
                CheckerError::Output { document, limit: limits.output }
            } else {
                CheckerError::Trap { document, message }
            }
        }
    }
}

/// What the guest asked for, and whether that was too much.
pub(crate) struct Meter {
    limits: Limits,
    memory: usize,
    exceeded: Option<Exceeded>,
}

#[derive(Clone, Copy)]
enum Exceeded {
    Memory,
    Table,
}

impl ResourceLimiter for Meter {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let memory = self.memory.saturating_add(desired.saturating_sub(current));
        if memory > self.limits.memory {
            // An error stops the guest here and now; `Ok(false)` would let it stumble on.
            self.exceeded = Some(Exceeded::Memory);
            return Err(wasmtime::Error::msg("too much memory"));
        }
        self.memory = memory;
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        if desired > self.limits.table {
            self.exceeded = Some(Exceeded::Table);
            return Err(wasmtime::Error::msg("too large a table"));
        }
        Ok(true)
    }

    fn instances(&self) -> usize {
        PARTS
    }

    fn tables(&self) -> usize {
        PARTS
    }

    fn memories(&self) -> usize {
        PARTS
    }
}
