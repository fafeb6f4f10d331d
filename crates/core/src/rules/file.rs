//! The schemas of rule files and of the keyword in schemas.

use crate::finding::{Draft, Place};
use crate::own_file;
use crate::pointer::Pointer;
use crate::schema::load::LoadedFamily;
use crate::source::{self, Format, Limits, Node};

/// Where the schema of rule files stands in the project, and its text.
const SCHEMA: (&str, &str) = ("schemas/rules.json", include_str!("../../../../schemas/rules.json"));
/// What stands under the keyword in a schema is the list that it defines.
const LIST: &str = r##"{ "$ref": "rules.json#/$defs/validations" }"##;

/// The schemas of rule files (version 1) and of the keyword (version 2).
pub fn schemas(limits: &Limits) -> LoadedFamily {
    own_file::schemas("rules", &[SCHEMA, ("schemas/validations.json", LIST)], limits)
}

/// The tree of a file, for positions.
pub fn tree(text: &str, file: &str, limits: &Limits) -> Option<Node> {
    source::parse(text.as_bytes(), Format::of_file(file).unwrap_or(Format::Yaml), limits).root
}

/// What is wrong with the form of the list that stands under the keyword at `place`.
pub fn list(node: &Node, place: &Pointer, text: &str, file: &str, schemas: &LoadedFamily) -> Vec<Draft> {
    let format = Format::of_file(file).unwrap_or(Format::Json);
    let mut drafts = own_file::against(2, node, (text, format), schemas);
    let below = |at: &Pointer| at.tokens().fold(place.clone(), |place, token| place.child(&token));
    for draft in &mut drafts {
        draft.instance = below(&draft.instance);
        for place in std::iter::once(&mut draft.place).chain(draft.related.iter_mut().map(|related| &mut related.place))
        {
            match place {
                Place::Value(at) | Place::Key(at) => *at = below(at),
                Place::Bytes(..) | Place::File => {}
            }
        }
    }
    drafts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_of_rule_files_is_itself_valid() {
        let schema = schemas(&Limits::default());
        assert_eq!(schema.reports, Vec::new());
        assert!(schema.versions.values().all(|version| version.validator.is_some()));
    }
}
