//! The globs that say which files a family governs.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// The compiled globs of a family. Names are relative to the project file, with `/` between folders.
#[derive(Clone, Debug)]
pub(crate) struct Globs {
    set: GlobSet,
    /// The folder under which a glob can match, for each glob: its parts before the first wildcard.
    bases: Vec<String>,
}

impl Globs {
    /// Compiles globs.
    ///
    /// # Errors
    /// For each glob that is wrong: its position in `globs` and what is wrong with it.
    pub(crate) fn new(globs: &[&str]) -> Result<Self, Vec<(usize, String)>> {
        let mut builder = GlobSetBuilder::new();
        let mut bases = Vec::new();
        let mut faults = Vec::new();
        for (index, glob) in globs.iter().enumerate() {
            match compile(glob) {
                Ok(compiled) => {
                    bases.push(base(compiled.glob()));
                    builder.add(compiled);
                }
                Err(fault) => faults.push((index, fault)),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let set = builder.build().map_err(|error| vec![(0, error.kind().to_string())])?;
        Ok(Self { set, bases })
    }

    /// Whether one of the globs matches.
    pub(crate) fn matches(&self, name: &str) -> bool {
        self.set.is_match(name)
    }

    /// The positions of the globs that match.
    pub(crate) fn matching(&self, name: &str) -> Vec<usize> {
        self.set.matches(name)
    }

    /// The folders under which files can match; empty text is the folder of the project file.
    pub(crate) fn bases(&self) -> &[String] {
        &self.bases
    }
}

fn compile(glob: &str) -> Result<globset::Glob, String> {
    let relative = glob.strip_prefix("./").unwrap_or(glob);
    if relative.is_empty() {
        return Err("is empty".to_owned());
    }
    if relative.starts_with('/') || relative.contains('\\') || relative.get(1..3) == Some(":/") {
        return Err("is not a path relative to the project file with `/` between folders".to_owned());
    }
    if relative.split('/').any(|part| part == "..") {
        return Err("leaves the folder of the project file".to_owned());
    }
    GlobBuilder::new(relative)
        .literal_separator(true)
        .backslash_escape(false)
        .build()
        .map_err(|error| format!("is not a glob: {}", error.kind()))
}

fn base(glob: &str) -> String {
    let folders = glob.rsplit_once('/').map_or("", |(folders, _)| folders);
    let plain: Vec<&str> = folders.split('/').take_while(|part| !part.contains(['*', '?', '[', '{'])).collect();
    plain.join("/")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_star_stays_within_one_folder_and_two_cross_folders() {
        let globs = Globs::new(&["./config/*.yaml", "deploy/**/s.json"]).unwrap();
        assert!(globs.matches("config/a.yaml"));
        assert!(!globs.matches("config/x/a.yaml"));
        assert!(globs.matches("deploy/s.json"));
        assert!(globs.matches("deploy/a/b/s.json"));
        assert_eq!(globs.bases(), ["config", "deploy"]);
    }

    #[test]
    fn a_glob_that_begins_with_a_wildcard_starts_at_the_project() {
        assert_eq!(Globs::new(&["*/settings.json", "x.json", "{a,b}/c.json"]).unwrap().bases(), ["", "", ""]);
    }

    #[test]
    fn globs_that_leave_the_project_are_refused() {
        for glob in ["/etc/*.json", "../x.json", "a/../../x.json", "a\\b", "C:/x", "", "a[.json"] {
            assert!(Globs::new(&[glob]).is_err(), "{glob}");
        }
    }
}
