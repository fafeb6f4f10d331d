//! The project file as the user wrote it: only its shape is right, nothing is known to make sense yet.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// The project file of Setpoint, `setpoint.toml`.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct RawProject {
    /// The families of settings documents by name.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, RawFamily>"))]
    #[serde(default)]
    pub settings: BTreeMap<Spanned<String>, RawFamily>,
    /// What one document may cost.
    #[serde(default)]
    pub limits: RawLimits,
}

/// A family of settings documents: they share a shape.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Family"))]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFamily {
    /// The folder with one schema per version: `v1.json`, `v2.yaml`, ...; other JSON and YAML files in it are shared
    /// parts that schemas can refer to.
    #[cfg_attr(test, schemars(with = "String"))]
    pub schemas: Spanned<String>,
    /// The file with the rules of the family, or a folder with several.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub rules: Option<Spanned<String>>,
    /// The folder with the migrations: `0002-timeout-in-ms.yaml`, ...
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub migrations: Option<Spanned<String>>,
    /// Globs of the files that this family governs, relative to the project file.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    #[serde(default)]
    pub documents: Vec<Spanned<String>>,
    /// The versions that each running service can read.
    #[cfg_attr(test, schemars(with = "Option<BTreeMap<String, Vec<u32>>>"))]
    pub readers: Option<Spanned<BTreeMap<String, Vec<Spanned<u32>>>>>,
    /// Where the live documents are.
    #[cfg_attr(test, schemars(with = "Option<RawStore>"))]
    pub store: Option<Spanned<RawStore>>,
    /// The version that documents have unless they declare one; the highest when absent.
    #[cfg_attr(test, schemars(with = "Option<u32>"))]
    pub current: Option<Spanned<u32>>,
    /// JSON Pointer to the place where a document declares its version, for example `/schema_version`.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub version_at: Option<Spanned<String>>,
    /// Whether the schema keyword `format` asserts. On unless switched off.
    pub format: Option<bool>,
    /// JSON Pointers, with `*` for any key or index, whose values never appear in a report.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    #[serde(default)]
    pub secrets: Vec<Spanned<String>>,
    /// Whom findings name as owner.
    pub owner: Option<String>,
    /// How `setpoint diff` judges changes of the schemas.
    #[serde(default)]
    pub compare: RawCompare,
}

/// How changes of the schemas are judged.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Compare"))]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCompare {
    /// Which documents count: `any` that the old schema accepts (the default), those with `declared` members only, or the
    /// `documents` at hand.
    #[cfg_attr(test, schemars(with = "Option<String>"), schemars(extend("enum" = ["any", "declared", "documents"])))]
    pub reading: Option<setpoint_core::call::Reading>,
    /// Who must read what: `backward` (the new schema accepts old documents, the default), `forward` (the old schema accepts
    /// new documents) or `full`.
    #[cfg_attr(test, schemars(with = "Option<String>"), schemars(extend("enum" = ["backward", "forward", "full"])))]
    pub direction: Option<setpoint_core::call::Direction>,
    /// Undecided findings that somebody answers for.
    #[serde(default)]
    pub accept: Vec<RawAccepted>,
}

/// An undecided finding that somebody answers for.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Accepted"))]
#[serde(deny_unknown_fields)]
pub(crate) struct RawAccepted {
    /// The fingerprint of the finding, as `--format json` shows it.
    pub fingerprint: String,
    /// Why it is right to go on.
    pub reason: String,
    /// Who says so.
    pub owner: String,
}

/// Where the live documents are.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Store"))]
#[serde(deny_unknown_fields)]
pub(crate) struct RawStore {
    /// `sqlite:FILE`, `postgres://...` or `files`.
    pub url: String,
    /// The table that holds the documents.
    pub table: Option<String>,
    /// The column that names a document.
    pub key: Option<String>,
    /// The column that holds the document.
    pub document: Option<String>,
    /// The column that holds the version.
    pub version: Option<String>,
    /// The format of documents in a column of text: `json` (the default), `jsonc`, `yaml` or `toml`.
    #[cfg_attr(test, schemars(with = "Option<String>"), schemars(extend("enum" = ["json", "jsonc", "yaml", "toml"])))]
    pub format: Option<setpoint_core::source::Format>,
}

/// What one document may cost.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Limits"))]
#[serde(deny_unknown_fields)]
pub(crate) struct RawLimits {
    /// Bytes of text.
    #[cfg_attr(test, schemars(with = "Option<u32>"))]
    pub bytes: Option<Spanned<u32>>,
    /// How deep arrays and objects may nest.
    #[cfg_attr(test, schemars(with = "Option<u32>"))]
    pub depth: Option<Spanned<u32>>,
    /// Values in the document, after YAML aliases are expanded.
    #[cfg_attr(test, schemars(with = "Option<u32>"))]
    pub nodes: Option<Spanned<u32>>,
    /// Characters of one number.
    #[cfg_attr(test, schemars(with = "Option<u32>"))]
    pub digits: Option<Spanned<u32>>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use serde_json::Value;

    use super::RawProject;

    /// An absent key is no `null` (TOML has none), and Rust's integer types mean nothing to users.
    fn plain(schema: &mut Value) {
        match schema {
            Value::Object(object) => {
                object
                    .remove("format")
                    .filter(|format| !format.is_string())
                    .map(|kept| object.insert("format".into(), kept));
                if let Some(Value::Array(types)) = object.get_mut("type") {
                    types.retain(|kind| kind != "null");
                    if let [only] = types.as_slice() {
                        let only = only.clone();
                        object.insert("type".into(), only);
                    }
                }
                if let Some(Value::Array(branches)) = object.remove("anyOf") {
                    for branch in branches.into_iter().filter(|branch| branch["type"] != "null") {
                        object.extend(branch.as_object().unwrap().clone());
                    }
                }
                object.values_mut().for_each(plain);
            }
            Value::Array(items) => items.iter_mut().for_each(plain),
            _ => {}
        }
    }

    /// `UPDATE_SCHEMAS=1 cargo test -p setpoint-project` writes the file anew.
    #[test]
    fn the_published_schema_of_the_project_file_is_the_one_of_the_types() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/project.json");
        let mut schema = serde_json::to_value(schemars::schema_for!(RawProject)).unwrap();
        plain(&mut schema);
        schema["title"] = "setpoint.toml".into();
        let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            std::fs::write(file, &text).unwrap();
        }
        assert_eq!(std::fs::read_to_string(file).unwrap(), text);
    }
}
