//! Injects one fault into a valid document. Everything is chosen by a small seeded generator, so that every run
//! makes the same mutants.

use serde_json::{Value, json};

use crate::declared::Place;

/// The kinds of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    WrongType,
    EnumTypo,
    RequiredKeyTypo,
    OptionalKeyTypo,
    MissingKey,
    Range,
}

impl Kind {
    pub const ALL: [Self; 6] =
        [Self::WrongType, Self::EnumTypo, Self::RequiredKeyTypo, Self::OptionalKeyTypo, Self::MissingKey, Self::Range];

    pub fn name(self) -> &'static str {
        match self {
            Self::WrongType => "wrong type",
            Self::EnumTypo => "enum typo",
            Self::RequiredKeyTypo => "key typo, required",
            Self::OptionalKeyTypo => "key typo, optional",
            Self::MissingKey => "missing key",
            Self::Range => "out of range",
        }
    }

    /// Whether somebody meant another word, so that a finding can name it.
    pub fn is_typo(self) -> bool {
        matches!(self, Self::EnumTypo | Self::RequiredKeyTypo | Self::OptionalKeyTypo)
    }
}

/// A document with one fault.
#[derive(Clone, Debug)]
pub struct Mutant {
    pub kind: Kind,
    pub in_union: bool,
    pub document: Value,
    /// Where a finding has to point; any of these.
    pub at: Vec<String>,
    /// What was there before the fault.
    pub intended: String,
    /// The fault in words.
    pub what: String,
}

/// SplitMix64: Steele, Lea and Flood, OOPSLA 2014.
pub struct Generator(u64);

impl Generator {
    pub fn seeded(text: &str, seed: u64) -> Self {
        // FNV-1a.
        Self(
            text.bytes().fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            }),
        )
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for index in (1..items.len()).rev() {
            items.swap(index, self.below(index + 1));
        }
    }
}

/// Every place of a document with what the schema says of it.
fn places<'s>(root: &'s Value, value: &Value, at: String, place: Place<'s>, found: &mut Vec<(String, Place<'s>)>) {
    match value {
        Value::Object(members) => {
            for (key, below) in members {
                places(root, below, child(&at, key), place.child(root, key), found);
            }
        }
        Value::Array(items) => {
            for (index, below) in items.iter().enumerate() {
                places(root, below, format!("{at}/{index}"), place.child(root, &index.to_string()), found);
            }
        }
        _ => {}
    }
    found.push((at, place));
}

fn child(at: &str, key: &str) -> String {
    format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// All mutants of one kind, in random order; whether the schema rejects them is for the caller to find out.
pub fn mutants(schema: &Value, document: &Value, kind: Kind, random: &mut Generator) -> Vec<Mutant> {
    let mut found = Vec::new();
    let mut all = Vec::new();
    places(schema, document, String::new(), Place::root(schema), &mut all);
    for (at, place) in &all {
        let value = document.pointer(at).unwrap();
        let mut replace = |with: Value, intended: String| {
            let mut mutated = document.clone();
            *mutated.pointer_mut(at).unwrap() = with.clone();
            found.push(Mutant {
                kind,
                in_union: place.in_union,
                document: mutated,
                at: vec![at.clone()],
                intended,
                what: format!("{at}: {} becomes {}", short(value), short(&with)),
            });
        };
        match kind {
            Kind::WrongType if !at.is_empty() && !place.schemas.is_empty() => {
                let others = other_types(value);
                let pick = others[random.below(others.len())].clone();
                replace(pick, value.to_string());
            }
            Kind::EnumTypo => {
                if let Some(text) = value.as_str().filter(|text| text.chars().count() > 2)
                    && place.enumerates(value)
                {
                    replace(json!(typo(text, random)), text.to_owned());
                }
            }
            Kind::Range if value.is_number() => {
                let beyond = place.beyond_bounds();
                if !beyond.is_empty() {
                    replace(beyond[random.below(beyond.len())].clone(), value.to_string());
                }
            }
            Kind::RequiredKeyTypo | Kind::OptionalKeyTypo | Kind::MissingKey => {
                let Some(members) = value.as_object() else { continue };
                for key in members.keys().filter(|key| place.declares(key)) {
                    let wanted = match kind {
                        Kind::OptionalKeyTypo => !place.requires(key) && key.chars().count() > 1,
                        Kind::RequiredKeyTypo => place.requires(key) && key.chars().count() > 1,
                        _ => place.requires(key),
                    };
                    if wanted {
                        found.extend(on_key(document, at, place, key, kind, random));
                    }
                }
            }
            _ => {}
        }
    }
    random.shuffle(&mut found);
    found
}

fn on_key(
    document: &Value,
    at: &str,
    place: &Place<'_>,
    key: &str,
    kind: Kind,
    random: &mut Generator,
) -> Option<Mutant> {
    let mut mutated = document.clone();
    let members = mutated.pointer_mut(at)?.as_object_mut()?;
    let value = members.remove(key)?;
    let (points, what) = if kind == Kind::MissingKey {
        (vec![at.to_owned(), child(at, key)], format!("{at}: without `{key}`"))
    } else {
        let typo = typo(key, random);
        if members.contains_key(&typo) || place.declares(&typo) {
            return None;
        }
        members.insert(typo.clone(), value);
        (vec![child(at, &typo)], format!("{at}: `{key}` becomes `{typo}`"))
    };
    Some(Mutant { kind, in_union: place.in_union, document: mutated, at: points, intended: key.to_owned(), what })
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() > 60 { format!("{}…", text.chars().take(60).collect::<String>()) } else { text }
}

fn other_types(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => vec![json!(7), json!("none")],
        Value::Bool(truth) => vec![json!(truth.to_string()), json!("perhaps"), json!(3), json!([truth]), Value::Null],
        Value::Number(number) => {
            vec![json!(number.to_string()), json!("many"), json!(true), json!([number]), Value::Null]
        }
        Value::String(_) => vec![json!(42), json!(true), json!({ "a": 1 }), json!([["a"]]), json!({}), json!(["a", 1])],
        Value::Array(_) => vec![json!("one"), json!(42), json!({ "a": 1 }), json!(true), json!({}), Value::Null],
        Value::Object(_) => vec![json!("text"), json!(42), json!([1]), json!(true), json!([]), json!(["a", "b"])],
    }
}

/// One slip of the fingers: a character dropped, doubled, replaced, or two swapped.
fn typo(word: &str, random: &mut Generator) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    for _ in 0..8 {
        let at = random.below(letters.len());
        match random.below(4) {
            0 => drop(letters.remove(at)),
            1 => letters.insert(at, letters[at]),
            2 => letters[at] = char::from(b'a' + u8::try_from(random.below(26)).unwrap()),
            _ if at > 0 => letters.swap(at, at - 1),
            _ => {}
        }
        let made: String = letters.iter().collect();
        if made != word && !made.is_empty() {
            return made;
        }
        letters = word.chars().collect();
    }
    format!("{word}x")
}
