//! Reading steps: from the tree of a migration file, whose form the schema has found right, to what can be run.
//!
//! Two things that authors may write are other steps in disguise. A path with wildcards is a [`Group`] at the last of them;
//! a `test` that leaves out the rest is a [`When`] around the rest.

use super::action::{
    Action, Condition, Convert, Copy, Decision, Entries, Filler, Filter, Flip, Group, Items, Junction, Many, Merge,
    Nest, OnConflict, Otherwise, Presence, Relocate, Scalar, Table, Test, When, Wrap,
};
use super::expression::Expression;
use super::path::Path;
use super::step::Step;
use crate::checks;
use crate::finding::Draft;
use crate::pointer::Pointer;
use crate::source::{Node, Value};

/// A migration file while it is read.
pub struct Reader<'t> {
    /// Its text.
    pub text: &'t str,
    /// What is wrong with expressions and paths.
    pub drafts: Vec<Draft>,
}

/// The body of a step, and where it stands.
struct Body<'n> {
    node: &'n Node,
    place: Pointer,
}

impl<'n> Body<'n> {
    fn get(&self, key: &str) -> Option<Body<'n>> {
        Some(Body { node: &self.node.member(key)?.node, place: self.place.child(key) })
    }

    fn text(&self, key: &str) -> Option<&'n str> {
        as_text(&self.node.member(key)?.node)
    }

    fn flag(&self, key: &str) -> bool {
        matches!(self.node.member(key).map(|member| &member.node.value), Some(Value::Bool(true)))
    }

    fn value(&self, key: &str) -> Option<Node> {
        self.node.member(key).map(|member| member.node.clone())
    }

    fn items(&self) -> Vec<Body<'n>> {
        match &self.node.value {
            Value::Array(items) => {
                items.iter().enumerate().map(|(index, node)| Body { node, place: self.place.item(index) }).collect()
            }
            _ => Vec::new(),
        }
    }

    fn members(&self) -> Vec<(&'n str, Body<'n>)> {
        match &self.node.value {
            Value::Object(members) => members
                .iter()
                .map(|member| (member.key.as_str(), Body { node: &member.node, place: self.place.child(&member.key) }))
                .collect(),
            _ => Vec::new(),
        }
    }

    fn on_conflict(&self) -> OnConflict {
        match self.text("on-conflict") {
            Some("overwrite") => OnConflict::Overwrite,
            Some("keep") => OnConflict::Keep,
            Some("same") => OnConflict::Same,
            _ => OnConflict::Error,
        }
    }
}

fn as_text(node: &Node) -> Option<&str> {
    match &node.value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// Places of one step, relative to what their wildcards lead to.
struct Places {
    around: Option<Path>,
    inside: Vec<Pointer>,
}

impl Reader<'_> {
    /// Reads a list of steps at `place`.
    pub fn steps(&mut self, node: &Node, place: &Pointer) -> Vec<Step> {
        self.list(&Body { node, place: place.clone() }.items())
    }

    fn list(&mut self, items: &[Body<'_>]) -> Vec<Step> {
        let mut steps = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let Some((name, body)) = item.members().into_iter().next() else { continue };
            if name == "test" && body.text("else") == Some("skip") {
                let rest = self.list(items.get(index + 1..).unwrap_or_default());
                let test = self.test(&body);
                let back = self.expression(&body, "back");
                if let Some(test) = test {
                    let when = When { test: Decision::Test(test), back, then: rest, otherwise: Vec::new() };
                    let place = item.place.clone();
                    steps.push(Step { name: name.to_owned(), place, action: Action::When(when), lossy: None });
                }
                return steps;
            }
            let lossy = body.text("lossy").map(str::to_owned);
            if let Some(action) = self.action(name, &body, &item.place) {
                steps.push(Step { name: name.to_owned(), place: item.place.clone(), action, lossy });
            }
        }
        steps
    }

    fn action(&mut self, name: &str, body: &Body<'_>, place: &Pointer) -> Option<Action> {
        let keys: &[&str] = match name {
            "rename" => return self.rename(body, place),
            "group" => return self.group(body),
            "when" => return self.when(body),
            "move" | "copy" => &["from", "to"],
            "split" => &["from"],
            "join" => &["to"],
            "merge" => &["into"],
            _ => &["at"],
        };
        let mut written: Vec<(&str, Pointer)> = Vec::new();
        for key in keys {
            let place = body.place.child(key);
            written.push((body.text(key).unwrap_or_default(), place));
        }
        for key in ["from", "to", "down"] {
            let Some(more) = body.get(key).filter(|_| !keys.contains(&key)) else { continue };
            written.extend(more.items().iter().filter_map(|item| Some((as_text(item.node)?, item.place.clone()))));
            written.extend(more.members().iter().map(|(key, item)| (*key, item.place.clone())));
        }
        let places = self.places(&written)?;
        let needs_key = matches!(name, "move" | "copy" | "split" | "join" | "merge" | "add" | "remove" | "default");
        if let Some((_, (text, place))) =
            places.inside.iter().zip(&written).find(|(inside, _)| needs_key && **inside == Pointer::root())
            && (name != "copy" || place.last().as_deref() != Some("from"))
        {
            self.drafts.push(checks::invalid_step::no_key(place, text));
            return None;
        }
        if let ("move" | "copy", [from, to], [_, (_, place)]) = (name, places.inside.as_slice(), written.as_slice())
            && from == to
        {
            self.drafts.push(checks::invalid_step::same_place(place, from));
            return None;
        }
        let mut at = places.inside.into_iter();
        let action = match name {
            "move" => Action::Relocate(Relocate {
                from: at.next()?,
                to: at.next()?,
                on_conflict: body.on_conflict(),
                prune: body.flag("prune"),
            }),
            "copy" => Action::Copy(Copy { from: at.next()?, to: at.next()?, on_conflict: body.on_conflict() }),
            "split" => {
                let one = at.next()?;
                let parts = body.get("to")?.members();
                let mut many = Vec::with_capacity(parts.len());
                for (_, part) in &parts {
                    many.push((at.next()?, Some(self.compile(part)?)));
                }
                let joined = self.optional(body, "down")?;
                Action::Split(Junction { one, many, joined, on_conflict: body.on_conflict() })
            }
            "join" => {
                let one = at.next()?;
                let places: Vec<Pointer> = at.by_ref().take(body.get("from")?.items().len()).collect();
                let mut many: Vec<(Pointer, Option<Expression>)> =
                    places.into_iter().map(|place| (place, None)).collect();
                for (_, part) in body.get("down").map(|down| down.members()).unwrap_or_default() {
                    let (place, expression) = (at.next()?, self.compile(&part)?);
                    match many.iter_mut().find(|(known, _)| *known == place) {
                        Some(known) => known.1 = Some(expression),
                        None => {
                            self.drafts.push(checks::invalid_step::not_among(&part.place, &place));
                            return None;
                        }
                    }
                }
                let joined = self.optional(body, "up")?;
                Action::Join(Junction { one, many, joined, on_conflict: body.on_conflict() })
            }
            "merge" => Action::Merge(Merge {
                into: at.next()?,
                from: at.collect(),
                unique: body.flag("unique"),
                on_conflict: body.on_conflict(),
            }),
            _ => {
                let at = at.next()?;
                self.at(name, body, at)?
            }
        };
        Some(match places.around {
            None => action,
            Some(around) => {
                let lossy = body.text("lossy").map(str::to_owned);
                let inner = Step { name: name.to_owned(), place: place.clone(), action, lossy };
                Action::Group(Group { at: vec![around], steps: vec![inner] })
            }
        })
    }

    /// A step that is about one place.
    fn at(&mut self, name: &str, body: &Body<'_>, at: Pointer) -> Option<Action> {
        let nest = || body.text("key").map_or(Nest::List, |key| Nest::Key(key.to_owned()));
        let many = if body.text("many") == Some("keep") { Many::Keep } else { Many::First };
        Some(match name {
            "test" => Action::Test(Test { at, ..self.test(body)? }),
            "add" => {
                let filler = match body.get("compute") {
                    Some(_) => Some(Filler::Compute(self.expression(body, "compute")?)),
                    None => body.value("value").map(Filler::Value),
                };
                Action::Add(Presence { at, filler, prune: body.flag("parents") })
            }
            "remove" => {
                let filler = body.value("back").map(Filler::Value);
                Action::Remove(Presence { at, filler, prune: body.flag("prune") })
            }
            "default" => Action::Scalar(Scalar::Flip(at, Flip { old: body.value("old")?, new: body.value("new") })),
            "map" => {
                let otherwise = match body.get("else") {
                    None => Otherwise::Error,
                    Some(other) => match other.value("value") {
                        Some(value) => Otherwise::Value(value),
                        None if as_text(other.node) == Some("keep") => Otherwise::Keep,
                        None => Otherwise::Error,
                    },
                };
                let values = pairs(&body.get("values")?);
                let back = body.get("back").map(|back| pairs(&back)).unwrap_or_default();
                Action::Scalar(Scalar::Table(at, Table { values, otherwise, back }))
            }
            "convert" => {
                let (up, down) = (self.expression(body, "up")?, self.optional(body, "down")?);
                Action::Scalar(Scalar::Convert(at, Convert { up, down }))
            }
            "wrap" => Action::Wrap(Wrap { at, nest: nest(), many }),
            "head" => Action::Head(Wrap { at, nest: nest(), many }),
            "entries" | "from-entries" => {
                let entries =
                    Entries { at, key: body.text("key")?.to_owned(), value: body.text("value").map(str::to_owned) };
                if name == "entries" { Action::Entries(entries) } else { Action::FromEntries(entries) }
            }
            "filter" => Action::Filter(Filter { at, keep: self.expression(body, "where")? }),
            "for-each" => {
                let steps = self.list(&body.get("steps")?.items());
                Action::ForEach(Items { at, key: body.text("key").map(str::to_owned), steps })
            }
            _ => return None,
        })
    }

    fn rename(&mut self, body: &Body<'_>, place: &Pointer) -> Option<Action> {
        let around = body.text("at").unwrap_or_default();
        let places = self.places(&[(around, body.place.child("at"))])?;
        let object = places.inside.into_iter().next()?;
        if body.text("from") == body.text("to") {
            let place = body.place.child("to");
            self.drafts.push(checks::invalid_step::same_place(&place, &object.child(body.text("to")?)));
            return None;
        }
        let relocate = Action::Relocate(Relocate {
            from: object.child(body.text("from")?),
            to: object.child(body.text("to")?),
            on_conflict: body.on_conflict(),
            prune: false,
        });
        Some(match places.around {
            None => relocate,
            Some(around) => {
                let (name, place) = ("rename".to_owned(), place.clone());
                let inner = Step { name, place, action: relocate, lossy: None };
                Action::Group(Group { at: vec![around], steps: vec![inner] })
            }
        })
    }

    fn group(&mut self, body: &Body<'_>) -> Option<Action> {
        let at = body.get("at")?;
        let written: Vec<(&str, Pointer)> = match as_text(at.node) {
            Some(text) => vec![(text, at.place.clone())],
            None => at.items().iter().filter_map(|item| Some((as_text(item.node)?, item.place.clone()))).collect(),
        };
        let paths: Option<Vec<Path>> = written.iter().map(|(text, place)| self.path(text, place)).collect();
        Some(Action::Group(Group { at: paths?, steps: self.list(&body.get("steps")?.items()) }))
    }

    fn when(&mut self, body: &Body<'_>) -> Option<Action> {
        let test = self.expression(body, "test");
        let back = self.optional(body, "back");
        let then = self.list(&body.get("then")?.items());
        let otherwise = body.get("else").map(|steps| self.list(&steps.items())).unwrap_or_default();
        Some(Action::When(When { test: Decision::Expression(test?), back: back?, then, otherwise }))
    }

    fn test(&mut self, body: &Body<'_>) -> Option<Test> {
        let at = Pointer::parse(body.text("at").unwrap_or_default()).ok()?;
        let condition = if let Some(exists) = body.get("exists") {
            Condition::Exists(matches!(exists.node.value, Value::Bool(true)))
        } else if let Some(value) = body.value("equals") {
            Condition::Equals(value)
        } else if let Some(name) = body.text("type") {
            Condition::Type(name.to_owned())
        } else {
            Condition::Where(self.expression(body, "where")?)
        };
        Some(Test { at, condition, message: body.text("message").map(str::to_owned) })
    }

    /// The expression under a key; `None` when there is none or when it is wrong, which is said.
    fn expression(&mut self, body: &Body<'_>, key: &str) -> Option<Expression> {
        self.compile(&body.get(key)?)
    }

    /// The expression under a key that need not be there; `None` when it is wrong.
    fn optional(&mut self, body: &Body<'_>, key: &str) -> Option<Option<Expression>> {
        match body.get(key) {
            None => Some(None),
            Some(part) => self.compile(&part).map(Some),
        }
    }

    fn compile(&mut self, part: &Body<'_>) -> Option<Expression> {
        match Expression::compile(as_text(part.node)?) {
            Ok(expression) => Some(expression),
            Err(problems) => {
                let draft = |problem| checks::invalid_step::draft(problem, self.text, part.node, &part.place);
                self.drafts.extend(problems.iter().map(draft));
                None
            }
        }
    }

    fn path(&mut self, text: &str, place: &Pointer) -> Option<Path> {
        let path = Path::parse(text).ok();
        if path.is_none() {
            self.drafts.push(checks::invalid_step::no_path(place, text));
        }
        path
    }

    /// The places of one step. Those with wildcards have to lead through the same ones.
    fn places(&mut self, written: &[(&str, Pointer)]) -> Option<Places> {
        let mut around: Option<Path> = None;
        let mut inside = Vec::with_capacity(written.len());
        for (text, place) in written {
            let (outer, inner) = self.path(text, place)?.split();
            match &around {
                None => around = Some(outer),
                Some(known) if *known == outer => {}
                Some(known) => {
                    let draft = checks::invalid_step::other_wildcards(place, text, &known.to_string());
                    self.drafts.push(draft);
                    return None;
                }
            }
            inside.push(inner);
        }
        Some(Places { around: around.filter(|around| !around.tokens().is_empty()), inside })
    }
}

/// The pairs of a table: an object, or a list of pairs for values that are not strings.
fn pairs(table: &Body<'_>) -> Vec<(Node, Node)> {
    let mut pairs: Vec<(Node, Node)> = table
        .members()
        .into_iter()
        .map(|(key, part)| (super::place::made(Value::String(key.to_owned())), part.node.clone()))
        .collect();
    for pair in table.items() {
        if let [old, new] = pair.items().as_slice() {
            pairs.push((old.node.clone(), new.node.clone()));
        }
    }
    pairs
}
