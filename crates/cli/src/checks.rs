//! Finding codes of all crates, and those that only the command line has.

use setpoint_core::check::Check;

setpoint_core::declare_check! {
    /// ## What it does
    /// Lists a file that was to be checked and could not be: it does not exist, or the system refused to read it.
    ///
    /// ## Why it matters
    /// A report that leaves the file out would look as if everything had passed.
    ///
    /// ## Example
    /// A file without the right to read it, in a report with `--format sarif`.
    ///
    /// ## How to fix it
    /// Correct the path or the rights, then run the same command again.
    pub NOT_CHECKED = "not-checked", Undecided, "a file could not be checked";
}

/// All checks, sorted by code.
pub(crate) fn all() -> Vec<&'static Check> {
    let mut all = setpoint_core::checks::all();
    all.extend(setpoint_project::checks::ALL);
    all.push(&setpoint_checker::CHECKER_LIMIT);
    all.extend(setpoint_store::checks::ALL);
    all.extend(setpoint_gate::checks::ALL);
    all.push(&NOT_CHECKED);
    all.sort_by_key(|check| check.code);
    all
}

/// The check with this code.
pub(crate) fn find(code: &str) -> Option<&'static Check> {
    all().into_iter().find(|check| check.code == code)
}

#[cfg(test)]
mod tests {
    use super::all;

    #[test]
    fn codes_are_unique_across_crates() {
        let codes: Vec<&str> = all().iter().map(|check| check.code).collect();
        let mut unique = codes.clone();
        unique.dedup();
        assert_eq!(codes, unique);
    }
}
