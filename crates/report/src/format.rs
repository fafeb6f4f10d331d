//! The names of the forms a report can take.

use std::fmt;
use std::str::FromStr;

/// The form of a report, as `--format` names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people, on a terminal.
    #[default]
    Text,
    /// One JSON document; its schema is `schemas/report.json`.
    Json,
    /// One JSON document per line: the reports, then a closing line.
    Ndjson,
    /// SARIF 2.1.0, which code scanning services read.
    Sarif,
    /// Workflow commands that GitHub Actions turns into annotations.
    Github,
    /// The code quality report of GitLab.
    Gitlab,
    /// JUnit XML, which most build servers read.
    Junit,
    /// The Reviewdog Diagnostic Format.
    Rdjson,
}

impl Format {
    /// All forms, in the order in which help texts list them.
    pub const ALL: [Self; 8] =
        [Self::Text, Self::Json, Self::Ndjson, Self::Sarif, Self::Github, Self::Gitlab, Self::Junit, Self::Rdjson];

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Rdjson => "rdjson",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

/// The name is none of [`Format::ALL`]; holds the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFormat(pub String);

impl fmt::Display for UnknownFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = Format::ALL.iter().map(|format| format.name()).collect();
        write!(formatter, "`{}` is not a report format, expected one of {}", self.0.escape_debug(), names.join(", "))
    }
}

impl std::error::Error for UnknownFormat {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn every_name_leads_back_to_its_format() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse::<Format>().unwrap(), format);
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        assert_eq!(
            "xml".parse::<Format>().unwrap_err().to_string(),
            "`xml` is not a report format, expected one of text, json, ndjson, sarif, github, gitlab, junit, rdjson"
        );
    }
}
