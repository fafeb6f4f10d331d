//! The receipt of a rehearsal: what was rehearsed, on what, what came of it, and a seal over all of that.

use serde::{Deserialize, Serialize};

use crate::bundle::{Family, File};
use crate::call::Digests;
use crate::digest::sha256_hex;
use crate::report::CORE_VERSION;

/// The form of receipts that this core reads and writes.
pub const RECEIPT_FORM: u32 = 1;

/// What a rehearsal leaves. The seal tells whether it was edited since.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The version of this form: 1.
    #[cfg_attr(test, schemars(extend("const" = RECEIPT_FORM)))]
    pub receipt: u32,
    /// The version of Setpoint that rehearsed.
    pub setpoint: String,
    /// The family.
    pub settings: String,
    /// The name of the migration, as its file says.
    pub migration: String,
    /// The migration file.
    pub file: String,
    /// The version before.
    pub from: u32,
    /// The version after.
    pub to: u32,
    /// What the outcome depends on.
    pub digests: Digests,
    /// What it was rehearsed on, without secrets.
    pub store: String,
    /// When, RFC 3339 in UTC.
    #[cfg_attr(test, schemars(extend("format" = "date-time")))]
    pub rehearsed_at: String,
    /// Who rehearsed.
    pub by: String,
    /// How many documents there were.
    pub documents: Counts,
    /// How long each part took.
    pub milliseconds: Durations,
    /// The command for the way back, exactly as it was run.
    pub rollback: String,
    /// What the author of the migration expects of it.
    pub expected: String,
    /// The seal, `sha256:…`.
    pub seal: String,
}

/// The documents of a rehearsal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// All that were in the copy.
    pub total: u64,
    /// Those that went up.
    pub moved: u64,
    /// Those that were compared with the original after the way back.
    pub compared: u64,
    /// Those that could not go up and were set aside.
    pub set_aside: u64,
    /// Those that are at other versions.
    pub other_versions: u64,
}

/// The parts of a rehearsal, in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Durations {
    /// Making the copy.
    pub copy: u64,
    /// Going up.
    pub up: u64,
    /// Checking the documents at the new version.
    pub check: u64,
    /// Going back.
    pub down: u64,
    /// Comparing what came back.
    pub compare: u64,
    /// Going up again.
    pub again: u64,
}

impl Receipt {
    /// The receipt with its seal.
    ///
    /// The seal is the SHA-256 of the receipt as `serde_json` writes it with an empty seal: the fields come in the order in
    /// which they are declared here, all of them are there, and none is a fraction, so that one receipt has one text, and the
    /// general canonical form of RFC 8785 is not needed. It is made from what the receipt says and not from its layout, so a
    /// file may be formatted anew.
    ///
    /// The seal is no signature. It tells that a receipt was edited, by mistake or in passing, because whoever edits one has
    /// to work the seal out again on purpose. Whoever wants to can: who may write the file is for others to say.
    ///
    /// ```
    /// use setpoint_core::receipt::{RECEIPT_FORM, Receipt};
    ///
    /// let receipt = Receipt { receipt: RECEIPT_FORM, by: "ada".to_owned(), ..Receipt::default() }.sealed();
    /// assert!(receipt.is_sealed());
    /// assert!(!Receipt { by: "bob".to_owned(), ..receipt }.is_sealed());
    /// ```
    #[must_use]
    pub fn sealed(self) -> Self {
        let bare = Self { seal: String::new(), ..self };
        // INVARIANT: a struct of texts and whole numbers always becomes JSON.
        let text = serde_json::to_vec(&bare).unwrap_or_default();
        Self { seal: named(&text), ..bare }
    }

    /// Whether the receipt still says what it was sealed with.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.clone().sealed().seal == self.seal
    }
}

/// What the rehearsal of a migration between two versions depends on; `None` when a version is not there.
#[must_use]
pub fn digests(family: &Family, migration: &File, (from, to): (u32, u32), bundle: &str) -> Option<Digests> {
    let schema = |version: u32| {
        let own = family.schemas.get(&version)?;
        Some(of_files(std::iter::once(own).chain(&family.shared)))
    };
    Some(Digests {
        old_schema: schema(from)?,
        new_schema: schema(to)?,
        migration: named(migration.text.as_bytes()),
        rules: of_files(&family.rules),
        bundle: bundle.to_owned(),
        core: CORE_VERSION.to_owned(),
    })
}

/// Files by name and text, in their order in the bundle: other files refer to them by name.
fn of_files<'f>(files: impl IntoIterator<Item = &'f File>) -> String {
    let files: Vec<&File> = files.into_iter().collect();
    // INVARIANT: names and texts always become JSON.
    named(&serde_json::to_vec(&files).unwrap_or_default())
}

fn named(bytes: &[u8]) -> String {
    format!("sha256:{}", sha256_hex(bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;

    fn receipt() -> Receipt {
        let counts = Counts { total: 3, moved: 2, compared: 2, set_aside: 0, other_versions: 1 };
        Receipt { receipt: RECEIPT_FORM, documents: counts, by: "ada".to_owned(), ..Receipt::default() }.sealed()
    }

    #[test]
    fn a_seal_survives_another_layout() {
        let pretty = serde_json::to_string_pretty(&receipt()).unwrap();
        let read: Receipt = serde_json::from_str(&pretty).unwrap();
        assert!(read.is_sealed());
        assert_eq!(read.clone().sealed(), read);
    }

    #[test]
    fn a_seal_breaks_with_every_value() {
        fn places(value: &Value, at: &str, into: &mut Vec<String>) {
            match value.as_object() {
                Some(members) => members.iter().for_each(|(key, value)| places(value, &format!("{at}/{key}"), into)),
                None => into.push(at.to_owned()),
            }
        }
        let sealed = serde_json::to_value(receipt()).unwrap();
        let mut all = Vec::new();
        places(&sealed, "", &mut all);
        assert_eq!(all.len(), 30);
        for place in all {
            let mut edited = sealed.clone();
            let value = edited.pointer_mut(&place).unwrap();
            *value = match value {
                Value::String(text) => format!("{text}.").into(),
                _ => 9.into(),
            };
            assert!(!serde_json::from_value::<Receipt>(edited).unwrap().is_sealed(), "{place}");
        }
    }

    #[test]
    fn a_digest_changes_with_what_it_is_about_and_with_nothing_else() {
        let file = |name: &str, text: &str| File { file: name.to_owned(), text: text.to_owned() };
        let family = Family {
            schemas: BTreeMap::from([(1, file("v1.json", "{}")), (2, file("v2.json", "{}"))]),
            shared: vec![file("port.json", "{}")],
            rules: vec![file("rules.yaml", "rules: []")],
            ..Family::default()
        };
        let of = |family: &Family| digests(family, &file("0002.yaml", ""), (1, 2), "sha256:0").unwrap();
        let before = of(&family);
        let mut changed = family.clone();
        changed.schemas.insert(1, file("v1.json", "true"));
        assert_eq!(Digests { old_schema: before.old_schema.clone(), ..of(&changed) }, before);
        assert_ne!(of(&changed).old_schema, before.old_schema);
        let mut changed = family.clone();
        changed.shared[0].text = "true".to_owned();
        assert_ne!(of(&changed).old_schema, before.old_schema);
        assert_ne!(of(&changed).new_schema, before.new_schema);
        let mut changed = family.clone();
        changed.rules[0].file = "other.yaml".to_owned();
        assert_eq!(Digests { rules: before.rules.clone(), ..of(&changed) }, before);
        assert_ne!(of(&changed).rules, before.rules);
        assert_eq!(digests(&family, &file("0002.yaml", ""), (2, 3), "sha256:0"), None);
    }

    /// Rust's integer types mean nothing to whoever reads the schema.
    fn plain(schema: &mut Value) {
        match schema {
            Value::Object(object) => {
                if object.get("format").and_then(Value::as_str).is_some_and(|name| name.starts_with("uint")) {
                    object.remove("format");
                }
                object.values_mut().for_each(plain);
            }
            Value::Array(items) => items.iter_mut().for_each(plain),
            _ => {}
        }
    }

    /// `UPDATE_SCHEMAS=1 cargo test -p setpoint-core receipt` writes the file anew.
    #[test]
    fn the_published_schema_of_receipts_is_the_one_of_the_type() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/receipt.json");
        let mut schema = serde_json::to_value(schemars::schema_for!(Receipt)).unwrap();
        plain(&mut schema);
        schema["title"] = "Setpoint receipt".into();
        schema["$id"] = "setpoint:///schemas/receipt.json".into();
        let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            std::fs::write(file, &text).unwrap();
        }
        assert_eq!(std::fs::read_to_string(file).unwrap(), text);
    }
}
