//! What a guest that misbehaves can do: nothing but fail the document that it was given.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::PathBuf;

use setpoint_checker::{BatchItem, Category, Checker, CheckerError, GuestFault, Limits, LinesError};
use setpoint_core::call::{CheckCall, GateCall};
use setpoint_core::finding::RetryWhen;

/// An empty folder of its own for each test. It is left behind: the cache writes on a thread of its own, which may
/// outlive the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("hostile-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let file = self.0.join(name);
        std::fs::write(&file, bytes).unwrap();
        file
    }
}

fn limits() -> Limits {
    Limits {
        fuel_base: 50_000_000,
        fuel_per_byte: 100,
        fuel_per_line: 0,
        memory: 4 << 20,
        table: 10_000,
        stack: 128 << 10,
        output: 64 << 10,
        input: 1 << 20,
        line: 1 << 16,
    }
}

fn hostile(folder: &Folder) -> Checker {
    let wasm = wat::parse_str(include_str!("guests/hostile.wat")).unwrap();
    let file = folder.file("hostile.wasm", &wasm);
    Checker::from_file_cached_in(&file, limits(), &folder.0.join("cache")).unwrap()
}

fn call(file: &str) -> CheckCall {
    CheckCall { file: file.to_owned(), ..CheckCall::default() }
}

/// Checks a text that makes the guest misbehave, and then a good one with the same policy.
fn misbehave(test: &str, text: &str) -> CheckerError {
    let folder = Folder::new(test);
    let policy = hostile(&folder).policy(b"{}").unwrap();
    let error = policy.check(&call("bad.json"), text.as_bytes()).unwrap_err();
    assert!(error.to_string().contains("`bad.json`"), "{error}");
    policy.check(&call("good.json"), b"{}").unwrap();
    error
}

#[test]
fn an_infinite_loop_runs_out_of_fuel() {
    let error = misbehave("loop", "L");
    assert!(matches!(error, CheckerError::Fuel { limit, .. } if limit == limits().fuel(1)), "{error:?}");
    assert_eq!(error.category(), Category::Undecided);
    assert_eq!(error.retry().when, RetryWhen::AfterEdit);
    assert_eq!(
        error.to_string(),
        "`bad.json` takes too much computing to check: expected at most 50000100 units of fuel"
    );
}

#[test]
fn a_growing_memory_meets_its_limit() {
    let error = misbehave("memory", "M");
    assert!(matches!(error, CheckerError::Memory { limit, .. } if limit == limits().memory), "{error:?}");
}

#[test]
fn a_growing_table_meets_its_limit() {
    let error = misbehave("table", "B");
    assert!(matches!(error, CheckerError::Table { limit, .. } if limit == limits().table), "{error:?}");
}

#[test]
fn endless_recursion_meets_the_stack_limit() {
    let error = misbehave("stack", "S");
    assert!(matches!(error, CheckerError::Stack { limit, .. } if limit == limits().stack), "{error:?}");
}

#[test]
fn a_huge_answer_meets_the_output_limit() {
    let error = misbehave("output", "O");
    assert!(matches!(error, CheckerError::Output { limit, .. } if limit == limits().output), "{error:?}");
}

#[test]
fn a_trap_is_an_internal_error_that_names_the_document() {
    let error = misbehave("trap", "T");
    assert!(matches!(error, CheckerError::Trap { .. }), "{error:?}");
    assert_eq!(error.category().exit_code(), 70);
    assert_eq!(error.retry().when, RetryWhen::Never);
}

#[test]
fn an_answer_that_is_not_one_is_an_internal_error() {
    let error = misbehave("answer", "J");
    assert!(matches!(error, CheckerError::Answer { .. }), "{error:?}");
}

#[test]
fn a_text_beyond_the_input_limit_is_not_copied() {
    let error = misbehave("input", &" ".repeat(limits().input + 1));
    assert!(matches!(error, CheckerError::Input { .. }), "{error:?}");
}

#[test]
fn a_refused_call_is_an_internal_error() {
    let folder = Folder::new("refused");
    let policy = hostile(&folder).policy(b"{}").unwrap();
    let gate = GateCall { settings: "web".into(), migration: "0002.yaml".into(), ..GateCall::default() };
    let error = policy.gate(&gate).unwrap_err();
    assert_eq!(error.to_string(), r#"internal error while checking `0002.yaml`: {"bund"#);
}

#[test]
fn a_bundle_that_exhausts_the_guest_is_named_as_the_bundle() {
    let folder = Folder::new("bundle");
    let error = hostile(&folder).policy(b"M").unwrap_err();
    assert_eq!(error.to_string(), "`the bundle` takes too much memory to check: expected at most 4194304 bytes");
}

#[test]
fn in_a_batch_only_the_document_at_fault_fails() {
    let folder = Folder::new("batch");
    let policy = hostile(&folder).policy(b"{}").unwrap();
    let items = (0..40).map(|number| BatchItem {
        call: call(&format!("{number}.json")),
        text: if number % 10 == 3 { b"M".to_vec() } else { b"{}".to_vec() },
    });
    let mut failed = Vec::new();
    let mut count = 0;
    policy
        .check_batch(items, 3, |answer| {
            if let Err(error) = answer {
                failed.push((count, error.to_string()));
            }
            count += 1;
            Ok::<(), ()>(())
        })
        .unwrap();

    assert_eq!(count, 40);
    let numbers: Vec<_> = failed.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [3, 13, 23, 33]);
    assert!(failed.iter().all(|(number, error)| error.contains(&format!("`{number}.json`"))), "{failed:?}");
}

#[test]
fn in_a_file_of_lines_only_the_line_at_fault_fails() {
    let folder = Folder::new("lines");
    let policy = hostile(&folder).policy(b"{}").unwrap();
    let long = "x".repeat(limits().line + 1);
    let text = format!("1\n2\nL\n4\n{long}\n6\n");
    let mut errors = Vec::new();
    let summary = policy
        .check_lines_of(&call("a.ndjson"), text.as_bytes(), 2, |answer| {
            errors.extend(answer.reports.into_iter().filter_map(Result::err).map(|error| error.to_string()));
            Ok::<(), ()>(())
        })
        .unwrap();

    assert_eq!(summary.documents, 6);
    let [fuel, line] = errors.as_slice() else { panic!("expected two errors, got {errors:?}") };
    assert!(fuel.starts_with("`a.ndjson:3` takes too much computing"), "{fuel}");
    assert_eq!(line, "line 5 of `a.ndjson` is too long: it has 65537 bytes, expected at most 65536");
}

#[test]
fn a_reader_that_fails_ends_the_file_and_says_so() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is on fire"))
        }
    }
    let folder = Folder::new("reader");
    let policy = hostile(&folder).policy(b"{}").unwrap();
    let error = policy.check_lines_of(&call("a.ndjson"), Broken, 2, |_| Ok::<(), ()>(())).unwrap_err();
    assert!(matches!(error, LinesError::Read(_)), "{error:?}");
}

#[test]
fn another_guest_is_compiled_once_and_then_taken_from_the_cache() {
    let folder = Folder::new("cache");
    assert_eq!(hostile(&folder).was_cached(), Some(false));
    assert_eq!(hostile(&folder).was_cached(), Some(true));
}

#[test]
fn a_file_that_is_not_a_checker_is_refused_by_name() {
    let folder = Folder::new("faults");
    let wasm = |text: &str| wat::parse_str(text).unwrap();
    let wrong_type = r#"(component (instance $i) (export "setpoint:core/policy@0.1.0" (instance $i)))"#;
    for (name, bytes, expected) in [
        ("text.wasm", b"hello".to_vec(), "it is not WebAssembly"),
        ("empty.wasm", Vec::new(), "it is not WebAssembly"),
        ("module.wasm", wasm("(module)"), "it is a core module"),
        ("broken.wasm", wasm("(component)").into_iter().chain([0xff]).collect(), "it does not load"),
        ("importer.wasm", wasm(r#"(component (import "clock:now/now" (instance)))"#), "it imports `clock:now/now`"),
        ("other.wasm", wasm("(component)"), "it has no function `setpoint:core/policy@0.1.0`"),
        ("lacking.wasm", wasm(wrong_type), "it has no function `setpoint:core/policy@0.1.0#load`"),
    ] {
        let file = folder.file(name, &bytes);
        let error = Checker::from_file_cached_in(&file, limits(), &folder.0).unwrap_err();
        assert!(error.to_string().contains(&format!("{name}` is not a checker: {expected}")), "{error}");
        assert_eq!(error.category().exit_code(), 2);
    }
}

#[test]
fn a_function_of_another_type_is_refused() {
    let folder = Folder::new("types");
    let text = include_str!("guests/hostile.wat");
    let text = text.replace(r#"(param "first-line" u64)"#, r#"(param "first-line" s64)"#);
    let file = folder.file("types.wasm", &wat::parse_str(text).unwrap());
    let error = Checker::from_file_cached_in(&file, limits(), &folder.0).unwrap_err();
    let CheckerError::Guest { fault: GuestFault::World { export }, .. } = &error else { panic!("{error:?}") };
    assert_eq!(export, "setpoint:core/policy@0.1.0#check-lines");
}

#[test]
fn a_file_that_is_not_there_can_be_tried_again() {
    let error = Checker::from_file("no/such/guest.wasm".as_ref(), limits()).unwrap_err();
    assert!(matches!(error, CheckerError::Read { .. }), "{error:?}");
    assert_eq!(error.category().exit_code(), 4);
    assert_eq!(error.retry().when, RetryWhen::AfterDelay);
}
