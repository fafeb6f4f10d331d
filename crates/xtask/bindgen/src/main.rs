//! `bindgen MODULE FOLDER NAME`: makes the JavaScript glue of a WebAssembly module, as `wasm-bindgen --target web` does, and
//! takes out of the module what a browser never sees.
//!
//! A program of its own, so that commands that do not touch the web do not wait for wasm-bindgen to compile.
//! `cargo xtask web` runs it.

use std::process::ExitCode;

use walrus::{FunctionBuilder, FunctionId, FunctionKind, InstrSeqBuilder, Module, ValType};
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
    let [module, folder, name] = arguments.as_slice() else {
        eprintln!("error: expected the file of a module, the folder for the glue and the name of both");
        return ExitCode::from(2);
    };
    match generate(module, folder, name) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: the glue for `{module}` cannot be made: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn generate(module: &str, folder: &str, name: &str) -> anyhow::Result<()> {
    let mut output = Bindgen::new()
        .input_path(module)
        .out_name(name)
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
    drop_annotations(output.wasm_mut())?;
    silence_debug_forms(output.wasm_mut())?;
    output.emit(folder)
}

/// Lets panics trap at once. They end in a trap anyway, and wasm-opt then removes what composes their messages.
fn trap_without_a_message(module: &mut Module) -> anyhow::Result<()> {
    let panics = functions(module, never_returns);
    anyhow::ensure!(panics.len() > 10, "only {} functions that panic were found; are the names there?", panics.len());
    for id in panics {
        anyhow::ensure!(results(module, id).is_empty(), "a function that never returns has a result; see NEVER_RETURN");
        replace(module, id, |body| {
            body.unreachable();
        });
    }
    Ok(())
}

/// Drops the methods of validators that collect annotations: `Validator::evaluate` starts them and nothing else, and the
/// core only asks for verdicts and errors. rustc keeps them because they stand in the tables of virtual methods.
///
/// `cargo xtask web` refuses to build when the source of the core calls `evaluate`.
fn drop_annotations(module: &mut Module) -> anyhow::Result<()> {
    let methods = functions(module, collects_annotations);
    anyhow::ensure!(
        methods.len() > 10,
        "only {} methods for annotations were found; are the names there?",
        methods.len()
    );
    for id in methods {
        replace(module, id, |body| {
            body.unreachable();
        });
    }
    Ok(())
}

/// Lets the `Debug` forms of types outside of the standard library write nothing. They are for developers: no message
/// contains one, because messages speak the language of users, and the conformance suite compares the messages with
/// those of the native core.
fn silence_debug_forms(module: &mut Module) -> anyhow::Result<()> {
    /// The number of `Ok(())` as the result of a formatter.
    const OK: i32 = 0;
    let forms = functions(module, is_debug_form);
    anyhow::ensure!(forms.len() > 10, "only {} debug forms were found; are the names there?", forms.len());
    for id in forms {
        anyhow::ensure!(results(module, id) == [ValType::I32], "a formatter has another result than expected");
        replace(module, id, |body| {
            body.i32_const(OK);
        });
    }
    Ok(())
}

/// The functions whose demangled name is of a kind.
fn functions(module: &Module, is_meant: fn(&str) -> bool) -> Vec<FunctionId> {
    let named = |id: FunctionId| module.funcs.get(id).name.as_deref().map(without_hashes);
    module.funcs.iter_local().map(|(id, _)| id).filter(|id| named(*id).is_some_and(|name| is_meant(&name))).collect()
}

fn results(module: &Module, id: FunctionId) -> Vec<ValType> {
    module.types.results(module.funcs.get(id).ty()).to_vec()
}

/// Gives a function another body.
fn replace(module: &mut Module, id: FunctionId, body: impl FnOnce(&mut InstrSeqBuilder<'_>)) {
    let (parameters, results) = module.types.params_results(module.funcs.get(id).ty());
    let (parameters, results) = (parameters.to_vec(), results.to_vec());
    let FunctionKind::Local(old) = &module.funcs.get(id).kind else { return };
    let arguments = old.args.clone();
    let mut builder = FunctionBuilder::new(&mut module.types, &parameters, &results);
    body(&mut builder.func_body());
    module.funcs.get_mut(id).kind = FunctionKind::Local(builder.local_func(arguments));
}

fn never_returns(name: &str) -> bool {
    NEVER_RETURN.iter().any(|start| name.starts_with(start))
}

fn collects_annotations(name: &str) -> bool {
    ["::evaluate", "::evaluate_with_location"].iter().any(|method| {
        let Some((implementor, rest)) = name.rsplit_once(method) else { return false };
        let is_hash_or_end = rest.is_empty() || rest.starts_with("::h") && rest.len() >= "::h0123456789abcdef".len();
        is_hash_or_end && implementor.contains("jsonschema::validator::Validate")
    })
}

fn is_debug_form(name: &str) -> bool {
    let Some((implementor, _)) = name.strip_prefix('<').and_then(|rest| rest.split_once(" as core::fmt::Debug>::fmt"))
    else {
        return false;
    };
    // Generic ones (`&T`, `Vec<T>`) may stand for a type of the standard library, such as a string.
    let of_standard_library = ["core::", "alloc::", "std::"].iter().any(|start| implementor.starts_with(start));
    implementor.contains("::")
        && implementor.starts_with(|first: char| first.is_ascii_lowercase())
        && !of_standard_library
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
        assert!(never_returns(&without_hashes("core[c5930c85a12de822]::panicking::panic_fmt")));
        assert!(never_returns(&without_hashes("core::panicking::assert_failed::h2cb28e0bb87d05dd")));
        assert!(never_returns(&without_hashes("<alloc[3ca501edff3f0c7c]::vec::Vec<_, _>>::remove::assert_failed")));
    }

    #[test]
    fn what_returns_is_left_alone() {
        assert!(!never_returns("<hashbrown::raw::Fallibility>::capacity_overflow"));
        assert!(!never_returns("std::panicking::panic_count::increase"));
    }

    #[test]
    fn only_the_methods_for_annotations_are_dropped() {
        let method = "<jsonschema::keywords::items::X<F> as jsonschema::validator::Validate<F>>";
        assert!(collects_annotations(&format!("{method}::evaluate::h0123456789abcdef")));
        assert!(collects_annotations(&format!("{method}::evaluate_with_location::h0123456789abcdef")));
        for kept in ["is_valid", "validate", "collect_errors"] {
            assert!(!collects_annotations(&format!("{method}::{kept}::h0123456789abcdef")), "{kept}");
        }
        assert!(!collects_annotations("jsonschema::keywords::items::evaluate_each_item"));
    }

    #[test]
    fn debug_forms_of_the_standard_library_stay() {
        assert!(is_debug_form("<regex_syntax::ast::Ast as core::fmt::Debug>::fmt::h0123456789abcdef"));
        for kept in
            ["<[T] as core::fmt::Debug>::fmt", "<&T as core::fmt::Debug>::fmt", "<str as core::fmt::Debug>::fmt"]
        {
            assert!(!is_debug_form(kept), "{kept}");
        }
        assert!(!is_debug_form("<alloc::string::String as core::fmt::Debug>::fmt"));
        assert!(!is_debug_form("<regex_syntax::Error as core::fmt::Display>::fmt"));
    }
}
