//! Scalars: values without parts, and keys.

use granit_parser::{ScalarStyle, Tag};

use super::super::Value;
use super::super::checks::limit_exceeded::Limit;
use super::super::checks::{
    key_not_a_string, unknown_tag, unrepresentable_number, yaml_boolean, yaml_merge_key, yaml_octal, yaml_sexagesimal,
};
use super::scalar::{self, Plain, Surprise};
use super::{Cost, Reader, Stop};

impl Reader<'_, '_> {
    pub(super) fn plain_key(&mut self, text: &str, start: usize, end: usize) {
        let instance = || self.path.pointer().child(text);
        let draft = match (text, scalar::surprise(text)) {
            ("<<", _) => yaml_merge_key::draft(instance(), start, end),
            // `y` is a coordinate and `on` an event far more often than they are mistakes.
            ("y" | "n" | "Y" | "N" | "on", _) => return,
            (_, Some(Surprise::Bool(meaning))) => yaml_boolean::draft(instance(), text, meaning, start, end),
            _ if scalar::resolve(text) != Plain::String => key_not_a_string::draft(instance(), start, end),
            _ => return,
        };
        self.surprise(draft);
    }

    pub(super) fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        start: usize,
        end: usize,
    ) -> Result<Value, Stop> {
        let plain = style == ScalarStyle::Plain;
        let tag = match tag {
            None => None,
            Some(tag) => {
                let name = core_tag(tag);
                if name.is_none() {
                    self.surprise(unknown_tag::draft(self.pointer(), start, end));
                }
                name
            }
        };
        if tag == Some("str") || (tag.is_none() && !plain) {
            self.spend(Cost { values: 0, bytes: text.len() }, start, end)?;
            return Ok(Value::String(text.to_owned()));
        }
        if text.len() > self.limits.digits && scalar::is_number(text) {
            return Err(self.limit(Limit::Digits, self.limits.digits, start, end));
        }
        let value = match scalar::resolve(text) {
            Plain::Null => Value::Null,
            Plain::Bool(value) => Value::Bool(value),
            Plain::Number(number) => Value::Number(number),
            Plain::NotFinite => {
                let draft = unrepresentable_number::draft(self.pointer(), start, end);
                return Err(self.stop(draft));
            }
            Plain::String => {
                self.spend(Cost { values: 0, bytes: text.len() }, start, end)?;
                Value::String(text.to_owned())
            }
        };
        let fits = match (tag, &value) {
            (None, _) | (Some("null"), Value::Null) | (Some("bool"), Value::Bool(_)) => true,
            (Some("float"), Value::Number(_)) => true,
            (Some("int"), Value::Number(number)) => !number.contains(['.', 'e']),
            _ => false,
        };
        if !fits {
            return Err(self.misfit(start, end));
        }
        if plain && tag.is_none() {
            let draft = match scalar::surprise(text) {
                Some(Surprise::Bool(meaning)) => yaml_boolean::draft(self.pointer(), text, meaning, start, end),
                Some(Surprise::Octal) => yaml_octal::draft(self.pointer(), start, end),
                Some(Surprise::Sexagesimal) => yaml_sexagesimal::draft(self.pointer(), start, end),
                None => return Ok(value),
            };
            self.surprise(draft);
        }
        Ok(value)
    }

    /// A block scalar starts at its `|` or `>` and ends before the line ends that follow its text; the library gives
    /// the range of its lines.
    pub(super) fn scalar_range(&self, style: ScalarStyle, start: usize, end: usize) -> (usize, usize) {
        if !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            return (start, end);
        }
        let text = self.text.get(start..end).unwrap_or_default();
        let end = start + text.trim_end_matches(['\n', '\r', ' ']).len();
        let sign = if style == ScalarStyle::Literal { '|' } else { '>' };
        let between = self.text.get(self.before.min(start)..start).unwrap_or_default();
        // Before the sign only an indicator, a tag, an anchor or comments can stand.
        let mut from = 0;
        for word in between.split_inclusive([' ', '\t', '\n', '\r']) {
            if word.starts_with(sign) {
                return (start - between.len() + from, end);
            }
            from += word.len();
        }
        (start, end)
    }
}

/// The name of a tag of the core schema; the non-specific tag `!` means a string for scalars. `None` for others.
pub(super) fn core_tag(tag: &Tag) -> Option<&str> {
    let name = tag.core_suffix().or_else(|| (tag.original() == "!").then_some("str"))?;
    matches!(name, "str" | "int" | "float" | "bool" | "null" | "seq" | "map").then_some(name)
}
