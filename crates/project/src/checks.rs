//! The checks of the project file itself. Everything else that makes findings lives in the core.

use setpoint_core::check::Check;

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a `setpoint.toml` that cannot be used: it is not TOML, a key is unknown or has the wrong type, or it
    /// names a folder, file, glob, pointer or version that is not there or makes no sense.
    ///
    /// ## Why it matters
    /// A key that is silently ignored looks like protection and is none. So nothing in the project file is
    /// ignored: what Setpoint does not understand stops the run with exit code 2.
    ///
    /// ## Example
    /// ```toml
    /// [settings.billing]
    /// schema = "schemas/billing"     # the key is called `schemas`
    /// ```
    ///
    /// ## How to fix it
    /// Edit the named place. `setpoint init` writes a commented project file to start from.
    pub PROJECT_FILE_INVALID = "project-file-invalid", Error, "the project file cannot be used";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a glob under `documents` that matches no file.
    ///
    /// ## Why it matters
    /// A misspelt glob governs nothing, and files that nothing governs are never checked: the run passes because it
    /// looked at nothing.
    ///
    /// ## Example
    /// ```toml
    /// [settings.billing]
    /// schemas   = "schemas/billing"
    /// documents = ["confg/billing/*.yaml"]     # the folder is called `config`
    /// ```
    ///
    /// ## How to fix it
    /// Correct the glob. Globs are relative to the project file; `*` stays within one folder, `**` crosses folders.
    pub GLOB_MATCHES_NOTHING = "glob-matches-nothing", Warning, "a glob of documents matches no file";
}

setpoint_core::declare_check! {
    /// ## What it does
    /// Reports a file that the globs of two families match.
    ///
    /// ## Why it matters
    /// A document has one schema. Which of the two was meant cannot be told, and checking against the wrong one
    /// would give wrong findings, or none.
    ///
    /// ## Example
    /// ```toml
    /// [settings.billing]
    /// documents = ["config/*.yaml"]
    /// [settings.quota]
    /// documents = ["config/quota*.yaml"]     # `config/*.yaml` matches these too
    /// ```
    ///
    /// ## How to fix it
    /// Make the globs disjoint, for example with a folder for each family.
    pub GOVERNED_TWICE = "governed-twice", Error, "two families govern one file";
}

/// All checks of this crate, in the order of their codes.
pub static ALL: [&Check; 3] = [&GLOB_MATCHES_NOTHING, &GOVERNED_TWICE, &PROJECT_FILE_INVALID];

#[cfg(test)]
mod tests {
    #[test]
    fn codes_are_sorted_and_every_page_answers_the_four_questions() {
        assert!(super::ALL.windows(2).all(|pair| matches!(pair, [a, b] if a.code < b.code)));
        for check in super::ALL {
            for part in ["## What it does", "## Why it matters", "## Example", "## How to fix it"] {
                assert!(check.page.contains(part), "{} lacks {part}", check.code);
            }
        }
    }
}
