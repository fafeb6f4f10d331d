//! The exported interface: bytes in, one call of the core, bytes out.
#![allow(unsafe_code, missing_docs, reason = "the generated bindings read and write linear memory")]

use std::cell::RefCell;

use exports::setpoint::core::policy::Guest;
use serde::Serialize;
use serde::de::DeserializeOwned;
use setpoint_core::policy::Policy;

wit_bindgen::generate!({ world: "checker", path: "wit" });

thread_local! {
    /// The bundle that was loaded last. A component has one thread.
    static LOADED: RefCell<Option<Policy>> = const { RefCell::new(None) };
}

struct Component;

export!(Component);

impl Guest for Component {
    fn load(bundle: Vec<u8>) -> Result<Vec<u8>, String> {
        let policy = Policy::load(&bundle).map_err(|error| error.to_string())?;
        let answer = write(policy.load_answer());
        LOADED.set(Some(policy));
        answer
    }

    fn check(call: Vec<u8>, text: Vec<u8>) -> Result<Vec<u8>, String> {
        let call = read(&call)?;
        answer(|policy| policy.check(&call, &text))
    }

    fn check_lines(call: Vec<u8>, first_line: u64, text: Vec<u8>) -> Result<Vec<u8>, String> {
        let call = read(&call)?;
        let first_line = usize::try_from(first_line)
            .map_err(|_| format!("line {first_line} is too far down; expected a number below 2^32"))?;
        answer(|policy| policy.check_lines(&call, first_line, &text))
    }

    fn gate(call: Vec<u8>) -> Result<Vec<u8>, String> {
        let call = read(&call)?;
        answer(|policy| policy.gate(&call))
    }

    fn convert(call: Vec<u8>, text: Vec<u8>) -> Result<Vec<u8>, String> {
        let call = read(&call)?;
        answer(|policy| policy.convert(&call, &text))
    }

    fn convert_lines(call: Vec<u8>, text: Vec<u8>) -> Result<(Vec<u8>, Vec<u8>), String> {
        let call = read(&call)?;
        loaded(|policy| {
            let (answer, documents) = policy.convert_lines(&call, &text);
            Ok((write(&answer)?, documents))
        })
    }

    fn merge(call: Vec<u8>) -> Result<Vec<u8>, String> {
        let call = read(&call)?;
        answer(|policy| policy.merge(&call))
    }

    fn compare(call: Vec<u8>) -> Result<Vec<u8>, String> {
        let call = read(&call)?;
        answer(|policy| policy.compare(&call))
    }

    fn try_rules() -> Result<Vec<u8>, String> {
        answer(Policy::try_rules)
    }

    fn explain(code: String) -> Option<String> {
        setpoint_core::policy::explain(&code).map(str::to_owned)
    }
}

fn answer<A: Serialize>(operation: impl FnOnce(&Policy) -> A) -> Result<Vec<u8>, String> {
    loaded(|policy| write(&operation(policy)))
}

fn loaded<A>(operation: impl FnOnce(&Policy) -> Result<A, String>) -> Result<A, String> {
    LOADED.with_borrow(|policy| match policy {
        Some(policy) => operation(policy),
        None => Err("no bundle is loaded; expected `load` before any other call".to_owned()),
    })
}

fn read<C: DeserializeOwned>(call: &[u8]) -> Result<C, String> {
    serde_json::from_slice(call).map_err(|error| format!("the call is malformed: {error}"))
}

fn write<A: Serialize>(answer: &A) -> Result<Vec<u8>, String> {
    serde_json::to_vec(answer).map_err(|error| format!("the answer could not be written: {error}"))
}
