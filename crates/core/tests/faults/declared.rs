//! What a schema says about a place, found by plain walking: enough to choose faults, independent of the core.

use serde_json::Value;

/// What the schemas that may apply to one place have in common.
#[derive(Debug, Default)]
pub struct Place<'s> {
    /// The schemas.
    pub schemas: Vec<&'s Value>,
    /// Whether a union stands at the place or above it.
    pub in_union: bool,
}

impl<'s> Place<'s> {
    /// The place of the whole document.
    pub fn root(schema: &'s Value) -> Self {
        Self::of(schema, vec![schema], false)
    }

    fn of(root: &'s Value, starts: Vec<&'s Value>, in_union: bool) -> Self {
        let mut place = Self { schemas: Vec::new(), in_union };
        let mut open = starts;
        while let Some(schema) = open.pop() {
            if place.schemas.len() > 400 || place.schemas.iter().any(|seen| std::ptr::eq(*seen, schema)) {
                continue;
            }
            place.schemas.push(schema);
            if let Some(reference) = schema.get("$ref").and_then(Value::as_str)
                && let Some(target) = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer))
            {
                open.push(target);
            }
            for keyword in ["allOf", "anyOf", "oneOf"] {
                for branch in schema.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                    place.in_union |= keyword != "allOf";
                    open.push(branch);
                }
            }
            open.extend(["if", "then", "else"].iter().filter_map(|keyword| schema.get(keyword)));
        }
        place
    }

    /// The place of a member or item.
    pub fn child(&self, root: &'s Value, token: &str) -> Self {
        let mut found = Vec::new();
        for schema in &self.schemas {
            let before = found.len();
            found.extend(schema.get("properties").and_then(|properties| properties.get(token)));
            for (pattern, below) in schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten() {
                // Without a regular expression at hand, every pattern counts: this only makes more mutants eligible.
                if pattern.starts_with('^') || found.len() == before {
                    found.push(below);
                }
            }
            if found.len() == before {
                found.extend(schema.get("additionalProperties").filter(|below| below.is_object()));
            }
            match schema.get("items") {
                Some(Value::Array(tuple)) if token.parse::<usize>().is_ok() => {
                    found.extend(tuple.get(token.parse::<usize>().unwrap_or_default()));
                }
                Some(items) if token.parse::<usize>().is_ok() => found.push(items),
                _ => {}
            }
        }
        Self::of(root, found, self.in_union)
    }

    /// Whether some schema fixes the value to this one among others.
    pub fn enumerates(&self, value: &Value) -> bool {
        self.schemas.iter().any(|schema| {
            schema.get("const") == Some(value)
                || schema.get("enum").and_then(Value::as_array).is_some_and(|values| values.contains(value))
        })
    }

    /// Whether some schema declares the key.
    pub fn declares(&self, key: &str) -> bool {
        self.schemas.iter().any(|schema| schema.get("properties").is_some_and(|members| members.get(key).is_some()))
    }

    /// Whether some schema requires the key.
    pub fn requires(&self, key: &str) -> bool {
        self.schemas.iter().any(|schema| {
            let list = schema.get("required").and_then(Value::as_array);
            list.is_some_and(|list| list.iter().any(|name| name.as_str() == Some(key)))
        })
    }

    /// Numbers just outside the bounds that the schemas give.
    pub fn beyond_bounds(&self) -> Vec<Value> {
        let mut found = Vec::new();
        for schema in &self.schemas {
            let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_i64);
            for (keyword, step) in [("minimum", -1), ("exclusiveMinimum", 0), ("maximum", 7), ("exclusiveMaximum", 0)] {
                found.extend(bound(keyword).map(|bound| Value::from(bound.saturating_add(step))));
            }
        }
        found
    }
}
