//! Telling the format of a document from its file name.

use super::Format;

/// Names that are JSON with comments although they end in `.json` or in nothing that tells: the tools that own
/// these files read them so.
const JSONC_NAMES: &[&str] = &[
    ".babelrc",
    ".babelrc.json",
    ".code-workspace",
    ".devcontainer.json",
    ".eslintrc",
    ".eslintrc.json",
    ".hintrc",
    ".jscsrc",
    ".jshintrc",
    ".jslintrc",
    ".swcrc",
    "api-extractor.json",
    "deno.json",
    "devcontainer.json",
    "jsconfig.json",
    "language-configuration.json",
    "tsconfig.json",
    "tslint.json",
    "turbo.json",
    "typedoc.json",
    "wrangler.json",
];

/// Names that are YAML without saying so.
const YAML_NAMES: &[&str] = &[".clang-format", ".clang-tidy", ".clangd", ".gemrc", ".yamllint", "citation.cff"];

/// Names that are TOML without saying so.
const TOML_NAMES: &[&str] = &["cargo.lock", "gopkg.lock", "pdm.lock", "pipfile", "poetry.lock", "uv.lock"];

impl Format {
    /// The format of a file by its name (a path is fine, with `/` or `\`); `None` when the name does not tell.
    ///
    /// ```
    /// use setpoint_core::source::Format;
    ///
    /// assert_eq!(Format::of_file("config/eu.yaml"), Some(Format::Yaml));
    /// assert_eq!(Format::of_file("web/tsconfig.build.json"), Some(Format::Jsonc));
    /// assert_eq!(Format::of_file("README"), None);
    /// ```
    #[must_use]
    pub fn of_file(name: &str) -> Option<Self> {
        let path = name.replace('\\', "/").to_ascii_lowercase();
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path.as_str()));
        if JSONC_NAMES.contains(&name) {
            return Some(Self::Jsonc);
        }
        if YAML_NAMES.contains(&name) {
            return Some(Self::Yaml);
        }
        if TOML_NAMES.contains(&name) {
            return Some(Self::Toml);
        }
        let (stem, extension) = name.rsplit_once('.')?;
        match extension {
            "json" => {
                let commented = stem.starts_with("tsconfig.")
                    || stem.starts_with("jsconfig.")
                    || folder == ".vscode"
                    || folder.ends_with("/.vscode")
                    || folder == ".devcontainer"
                    || folder.ends_with("/.devcontainer");
                Some(if commented { Self::Jsonc } else { Self::Json })
            }
            "jsonc" | "code-workspace" | "code-snippets" | "sublime-settings" => Some(Self::Jsonc),
            "ndjson" | "jsonl" | "geojson" | "webmanifest" | "jsonld" | "har" | "avsc" => Some(Self::Json),
            "yaml" | "yml" => Some(Self::Yaml),
            "toml" => Some(Self::Toml),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_decides_and_well_known_names_come_first() {
        let cases = [
            ("a.json", Some(Format::Json)),
            ("A.JSON", Some(Format::Json)),
            ("a.ndjson", Some(Format::Json)),
            ("a.jsonl", Some(Format::Json)),
            ("a.jsonc", Some(Format::Jsonc)),
            ("tsconfig.json", Some(Format::Jsonc)),
            ("x/tsconfig.app.json", Some(Format::Jsonc)),
            ("mytsconfig.json", Some(Format::Json)),
            ("x\\.vscode\\settings.json", Some(Format::Jsonc)),
            (".vscode/settings.json", Some(Format::Jsonc)),
            ("vscode/settings.json", Some(Format::Json)),
            (".eslintrc.json", Some(Format::Jsonc)),
            (".devcontainer/devcontainer.json", Some(Format::Jsonc)),
            ("a.yml", Some(Format::Yaml)),
            (".pre-commit-config.yaml", Some(Format::Yaml)),
            ("Cargo.lock", Some(Format::Toml)),
            ("pyproject.toml", Some(Format::Toml)),
            ("Makefile", None),
            ("json", None),
        ];
        for (name, format) in cases {
            assert_eq!(Format::of_file(name), format, "{name}");
        }
    }
}
