//! `bindgen MODULE FOLDER`: makes the JavaScript glue of a WebAssembly module, as `wasm-bindgen --target web` does, and
//! takes out of the module what a browser never sees.
//!
//! A program of its own behind the feature `bindgen`, so that commands that do not touch the web do not wait for
//! wasm-bindgen to compile. `cargo xtask web` runs it.

use std::process::ExitCode;

use walrus::{FunctionBuilder, FunctionId, FunctionKind, LocalId, Module};
use wasm_bindgen_cli_support::Bindgen;

/// Functions of the standard library that never return, by the start of their names. All that they do before they
/// trap is to compose a message, which this target prints nowhere.
const NEVER_RETURN: &[&str] = &[
    "<alloc::vec::Vec<_, _>>::insert_mut::assert_failed",
    "<alloc::vec::Vec<_, _>>::remove::assert_failed",
    "<alloc::vec::Vec<_, _>>::split_off::assert_failed",
    "<alloc::vec::Vec<_, _>>::swap_remove::assert_failed",
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::capacity_overflow",
    "alloc::raw_vec::handle_error",
    "core::cell::panic_already_",
    "core::option::expect_failed",
    "core::option::unwrap_failed",
    "core::panicking::assert_failed",
    "core::panicking::panic",
    "core::result::unwrap_failed",
    "core::slice::copy_from_slice_impl::len_mismatch_fail",
    "core::slice::index::slice_index_fail",
    "core::slice::sort::shared::smallsort::panic_on_ord_violation",
    "core::str::slice_error_fail",
    "std::panicking::begin_panic",
    "std::panicking::panic_with_hook",
    "std::sync::lazy_lock::panic_poisoned",
    "std::thread::local::panic_access_error",
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module, folder] = arguments.as_slice() else {
        eprintln!("error: expected the file of a module and the folder for the glue");
        return ExitCode::from(2);
    };
    match generate(module, folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: the glue for `{module}` cannot be made: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn generate(module: &str, folder: &str) -> anyhow::Result<()> {
    let mut output = Bindgen::new()
        .input_path(module)
        .out_name("setpoint")
        .web(true)?
        // The package has types written by hand and finds the module itself.
        .typescript(false)
        .omit_default_module_path(true)
        // After a trap the package replaces the instance.
        .reset_state_function(true)
        .remove_producers_section(true)
        // The names are needed here; wasm-opt removes them.
        .remove_name_section(false)
        .generate_output()?;
    trap_without_a_message(output.wasm_mut())?;
    output.emit(folder)
}

/// Lets panics trap at once. They end in a trap anyway, and wasm-opt then removes what composes their messages.
fn trap_without_a_message(module: &mut Module) -> anyhow::Result<()> {
    let panics: Vec<(FunctionId, Vec<LocalId>)> = module
        .funcs
        .iter_local()
        .filter(|(id, _)| module.funcs.get(*id).name.as_deref().is_some_and(never_returns))
        .map(|(id, function)| (id, function.args.clone()))
        .collect();
    for (id, arguments) in &panics {
        let (parameters, results) = module.types.params_results(module.funcs.get(*id).ty());
        let (parameters, results) = (parameters.to_vec(), results.to_vec());
        anyhow::ensure!(results.is_empty(), "a function that never returns has a result; is NEVER_RETURN still right?");
        let mut builder = FunctionBuilder::new(&mut module.types, &parameters, &results);
        builder.func_body().unreachable();
        module.funcs.get_mut(*id).kind = FunctionKind::Local(builder.local_func(arguments.clone()));
    }
    anyhow::ensure!(panics.len() > 10, "only {} functions that panic were found; are the names there?", panics.len());
    Ok(())
}

fn never_returns(name: &str) -> bool {
    let name = without_hashes(name);
    NEVER_RETURN.iter().any(|start| name.starts_with(start))
}

/// A demangled name without the hashes that tell crates of one name apart: `core[0123456789abcdef]::option` is
/// `core::option`.
fn without_hashes(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        match after.split_once(']') {
            Some((hash, after)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                rest = after
            }
            _ => {
                plain.push('[');
                rest = after;
            }
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_are_known_in_both_forms_of_names() {
        assert!(never_returns("core[c5930c85a12de822]::panicking::panic_fmt"));
        assert!(never_returns("core::panicking::assert_failed::h2cb28e0bb87d05dd"));
        assert!(never_returns("<alloc[3ca501edff3f0c7c]::vec::Vec<_, _>>::remove::assert_failed"));
    }

    #[test]
    fn what_returns_is_left_alone() {
        assert!(!never_returns("<hashbrown[5e619d7d1129c59f]::raw::Fallibility>::capacity_overflow"));
        assert!(!never_returns("std[a543996e6e7dbf1e]::panicking::panic_count::increase"));
        assert!(!never_returns("<[T] as core::fmt::Debug>::fmt"));
    }
}
