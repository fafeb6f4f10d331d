//! `cargo xtask new-check NAME`: starts a check where the next person expects it: its file with its page, its entry
//! in the catalogue, and a case that fails until the check speaks.

use std::fs;

use anyhow::{Context, bail, ensure};

use crate::workspace;

/// Writes the files; the argument is the code in kebab-case.
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let [code] = arguments else { bail!("expected one argument: the code of the check, such as `port-in-use`") };
    ensure!(
        is_kebab_case(code),
        "`{code}` is not a code; expected words of a-z and 0-9 joined by `-`, such as `port-in-use`"
    );
    let module = code.replace('-', "_");
    let checks = workspace::root().join("crates/core/src/checks");
    let file = checks.join(format!("{module}.rs"));
    ensure!(!file.exists(), "`{}` is there already", file.display());
    let catalogue = checks.join("mod.rs");
    let text = fs::read_to_string(&catalogue).with_context(|| format!("reading `{}`", catalogue.display()))?;
    let registered =
        register(&text, &module).context("the catalogue in checks/mod.rs has another form than expected")?;
    let case = workspace::root().join("tests/findings").join(code);
    fs::create_dir_all(&case)?;
    fs::write(&file, stub(code, &module))?;
    fs::write(&catalogue, registered)?;
    fs::write(case.join("schema.json"), "{}\n")?;
    fs::write(case.join("input.yaml"), "a: 1\n")?;
    fs::write(case.join("expected.txt"), format!("Error [{code}] input.yaml:1:4\n"))?;
    println!("wrote crates/core/src/checks/{module}.rs: fill in the page and the finding");
    println!("wrote tests/findings/{code}/: a document that the check speaks about; the test fails until it does");
    println!("next: call the check where it belongs, then `cargo test -p setpoint-core`");
    Ok(())
}

fn is_kebab_case(code: &str) -> bool {
    let word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    code.starts_with(|character: char| character.is_ascii_lowercase()) && code.split('-').all(word)
}

/// The catalogue with one more module, both lists kept in order.
fn register(catalogue: &str, module: &str) -> Option<String> {
    let constant = module.to_uppercase();
    let with_module = insert_sorted(catalogue, "pub mod ", &format!("pub mod {module};"))?;
    insert_sorted(&with_module, "    &", &format!("    &{module}::{constant},"))
}

/// Inserts `line` into the first run of lines that start with `prefix`, before the first one that sorts after it.
fn insert_sorted(text: &str, prefix: &str, line: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let first = lines.iter().position(|other| other.starts_with(prefix))?;
    let end =
        lines.iter().skip(first).position(|other| !other.starts_with(prefix) && !other.starts_with("mod "))? + first;
    let at = (first..end).find(|index| lines.get(*index).is_some_and(|other| name(other) > name(line))).unwrap_or(end);
    let (before, after) = lines.split_at_checked(at)?;
    let joined: Vec<&str> = before.iter().copied().chain([line]).chain(after.iter().copied()).collect();
    Some(joined.join("\n") + "\n")
}

/// What a line is sorted by: rustfmt does not look at `pub`.
fn name(line: &str) -> &str {
    line.strip_prefix("pub ").unwrap_or(line)
}

fn stub(code: &str, module: &str) -> String {
    let constant = module.to_uppercase();
    format!(
        r#"//! One line: what the check is about.

use crate::declare_check;
use crate::finding::{{Draft, Expected, Place}};
use crate::pointer::Pointer;

declare_check! {{
    /// ## What it does
    /// Reports …
    ///
    /// ## Why it matters
    /// …
    ///
    /// ## Example
    /// ```yaml
    /// key: value
    /// ```
    ///
    /// ## How to fix
    /// …
    pub {constant} = "{code}", Error, "what is wrong, in a few words";
}}

/// The finding for the value at `at`.
pub fn draft(at: &Pointer) -> Draft {{
    Draft::new(&{constant}, at.clone(), Place::Value(at.clone()), format!("`{{at}}` is …"), Expected::text("…"))
}}

#[cfg(test)]
mod tests {{
    use super::*;

    #[test]
    fn the_finding_points_at_the_value() {{
        let at = Pointer::root().child("key");
        assert_eq!(draft(&at).place, Place::Value(at));
    }}
}}
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const CATALOGUE: &str = "//! x\n\npub mod alpha;\nmod counterexample;\npub mod gamma;\n\nstatic CHECKS: &[&Check] = &[\n    &alpha::ALPHA,\n    &gamma::GAMMA,\n];\n";

    #[test]
    fn a_check_is_registered_in_order_in_both_lists() {
        let registered = register(CATALOGUE, "beta");
        assert_eq!(
            registered.as_deref(),
            Some(
                "//! x\n\npub mod alpha;\npub mod beta;\nmod counterexample;\npub mod gamma;\n\nstatic CHECKS: &[&Check] = &[\n    &alpha::ALPHA,\n    &beta::BETA,\n    &gamma::GAMMA,\n];\n"
            )
        );
    }

    #[test]
    fn the_last_in_the_alphabet_goes_last() {
        let registered = register(CATALOGUE, "omega").unwrap_or_default();
        assert!(registered.contains("pub mod gamma;\npub mod omega;\n\n"), "{registered}");
        assert!(registered.contains("    &gamma::GAMMA,\n    &omega::OMEGA,\n];"), "{registered}");
    }

    #[test]
    fn codes_are_words_joined_by_hyphens() {
        assert!(is_kebab_case("port-in-use"));
        for code in ["", "Port", "port_in_use", "-port", "port-", "1port", "port in use"] {
            assert!(!is_kebab_case(code), "{code:?}");
        }
    }
}
