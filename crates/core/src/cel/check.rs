//! From a tree to a [`Plan`]: names, fields, types and functions are resolved before anything runs.
//!
//! What the schema leaves open is not objected to here; it is looked at when there is a document.

use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, ListExpr, LiteralValue, MapExpr};

use super::functions::{self, Function, Style, UNSUPPORTED, Want, joined, spoken, symbol};
use super::plan::{Loop, LoopKind, Node, Op, Plan};
use super::problem::{Problem, Region};
use super::shape::{Kind, ShapeId, Shapes};
use super::strings;
use super::syntax::{self, Syntax};
use super::types::Type;
use super::value::{Text, Value};
use crate::explain::nearest::word as nearest;

/// What the parser calls what a macro gathers.
const GATHERED: &str = "@result";
/// The names of types, which are values too.
const TYPES: &[&str] =
    &["bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint", "optional_type"];

/// Reads and checks an expression that may use the given variables.
///
/// # Errors
/// Everything that is wrong with it, in the order of its text.
pub fn compile(text: &str, variables: &[(&str, Type)], shapes: &Shapes) -> Result<Plan, Vec<Problem>> {
    let syntax = syntax::parse(text).map_err(|problem| vec![problem])?;
    let scope = variables.iter().enumerate().map(|(slot, (name, kind))| Variable {
        name: (*name).to_owned(),
        slot,
        kind: kind.clone(),
    });
    let mut checker = Checker {
        syntax: &syntax,
        shapes,
        scope: scope.collect(),
        used: vec![false; variables.len()],
        slots: variables.len(),
        problems: Vec::new(),
    };
    let (root, kind) = checker.node(&syntax.tree);
    let Checker { used, slots, mut problems, .. } = checker;
    if problems.is_empty() {
        let variables = variables.iter().zip(used).map(|((name, _), used)| ((*name).to_owned(), used)).collect();
        return Ok(Plan { text: text.to_owned(), root, kind, variables, slots });
    }
    problems.sort_by_key(|problem| problem.at);
    Err(problems)
}

struct Variable {
    name: String,
    slot: usize,
    kind: Type,
}

struct Checker<'s> {
    syntax: &'s Syntax<'s>,
    shapes: &'s Shapes,
    scope: Vec<Variable>,
    used: Vec<bool>,
    slots: usize,
    problems: Vec<Problem>,
}

type Checked = (Node, Type);

impl Checker<'_> {
    fn problem(&mut self, at: Region, message: impl Into<String>, expected: impl Into<String>) -> Checked {
        self.problems.push(Problem::new(at, message, expected));
        (Node { op: Op::Literal(Value::Null), at }, Type::Dyn)
    }

    fn node(&mut self, tree: &IdedExpr) -> Checked {
        let at = self.syntax.token(tree.id);
        match &tree.expr {
            Expr::Unspecified => self.problem(at, "the expression is empty", "an expression"),
            Expr::Literal(literal) => {
                let (value, kind) = literal_of(literal);
                (Node { op: Op::Literal(value), at }, kind)
            }
            Expr::Ident(name) => self.name(at, name),
            Expr::Select(select) => self.select(tree.id, &select.operand, &select.field, select.test),
            Expr::Call(call) => self.call(tree.id, at, call),
            Expr::List(list) => self.list(at, list),
            Expr::Map(map) => self.map(at, map),
            Expr::Struct(made) => self.problem(
                at,
                format!("`{}` is not a type that can be made", made.type_name),
                "a map, such as `{'a': 1}`",
            ),
            Expr::Comprehension(loops) => self.comprehension(at, loops),
        }
    }

    fn name(&mut self, at: Region, name: &str) -> Checked {
        if let Some(variable) = self.scope.iter().rev().find(|variable| variable.name == name) {
            if let Some(used) = self.used.get_mut(variable.slot) {
                *used = true;
            }
            return (Node { op: Op::Variable(variable.slot), at }, variable.kind.clone());
        }
        if let Some(kind) = TYPES.iter().find(|kind| **kind == name) {
            return (Node { op: Op::Literal(Value::Type(kind)), at }, Type::Kind);
        }
        let known: Vec<String> = self.scope.iter().map(|variable| format!("`{}`", variable.name)).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let expected = format!("one of the names that are known here: {}", joined(&known));
        let mut problem = Problem::new(at, format!("nothing is called `{name}` here"), expected);
        problem.suggestion = nearest(name, self.scope.iter().map(|variable| variable.name.as_str())).map(str::to_owned);
        // A field of `self` without `self` is the usual slip.
        if problem.suggestion.is_none() && self.root_has(name) {
            problem.suggestion = Some(format!("self.{name}"));
        }
        self.problems.push(problem);
        (Node { op: Op::Literal(Value::Null), at }, Type::Dyn)
    }

    fn root_has(&self, name: &str) -> bool {
        self.scope.first().is_some_and(|root| match root.kind {
            Type::Place(shape) => self.shapes.get(shape).fields.contains_key(name),
            _ => false,
        })
    }

    /// What stands under a key of something of a type: the key as documents have it, and its type.
    fn field(&mut self, at: Region, kind: &Type, key: &str) -> (String, Type) {
        match kind {
            Type::Dyn => (key.to_owned(), Type::Dyn),
            Type::Map(_, value) => (key.to_owned(), (**value).clone()),
            Type::Optional(inner) => self.field(at, &inner.clone(), key),
            Type::Place(shape) if self.shapes.get(*shape).kind != Kind::List => match self.field_of(*shape, key) {
                Some((key, field)) => (key, Type::at(field, self.shapes)),
                None => {
                    let fields = &self.shapes.get(*shape).fields;
                    let names: Vec<String> = fields.keys().take(8).map(|field| format!("`{field}`")).collect();
                    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
                    if fields.len() > names.len() {
                        names.push("others");
                    }
                    let expected = format!("a field that the schema names: {}", joined(&names));
                    let mut problem = Problem::new(at, format!("the schema names no field `{key}` here"), expected);
                    problem.suggestion = nearest(key, fields.keys().map(String::as_str)).map(selectable);
                    self.problems.push(problem);
                    (key.to_owned(), Type::Dyn)
                }
            },
            other => {
                let message =
                    format!("{} has no fields, so there is no `{key}`", with_article(&other.name(self.shapes)));
                self.problem(at, message, "an object or a map before the dot");
                (key.to_owned(), Type::Dyn)
            }
        }
    }

    fn field_of(&self, shape: ShapeId, key: &str) -> Option<(String, ShapeId)> {
        if let Some(field) = self.shapes.field(shape, key) {
            return Some((key.to_owned(), field));
        }
        let plain = unescaped(key)?;
        self.shapes.field(shape, &plain).map(|field| (plain, field))
    }

    fn select(&mut self, id: u64, operand: &IdedExpr, field: &str, test: bool) -> Checked {
        let (operand, kind) = self.node(operand);
        // What tests for a field has the number of the test, not the one of the selection.
        let at = match (self.syntax.name(id, field), test) {
            (at, false) => at,
            (at, true) => self.syntax.selected(operand.at, field).unwrap_or(at),
        };
        let (key, found) = self.field(at, &kind, field);
        let operand = Box::new(operand);
        if test {
            return (Node { op: Op::Has(operand, key), at }, Type::Bool);
        }
        if let Type::Optional(_) = kind {
            return (Node { op: Op::OptionalField(operand, key), at }, optional(found));
        }
        (Node { op: Op::Field(operand, key), at }, found)
    }

    fn call(&mut self, id: u64, at: Region, call: &CallExpr) -> Checked {
        let name = call.func_name.as_str();
        if let Some(target) = &call.target {
            if let Expr::Ident(space) = &target.expr
                && !self.scope.iter().any(|variable| variable.name == *space)
            {
                let whole = format!("{space}.{name}");
                if whole == "cel.bind" {
                    return self.bind(at, &call.args);
                }
                if functions::find(&whole, Style::Global).is_some() {
                    return self.apply(at, &whole, Style::Global, None, &call.args);
                }
                if matches!(space.as_str(), "optional" | "sets" | "strings" | "cel" | "math" | "base64" | "format") {
                    return self.unknown(self.syntax.token(target.id), &whole, Style::Global);
                }
            }
            let at = self.syntax.name(id, name);
            return match (name, call.args.as_slice()) {
                (
                    "all" | "exists" | "exists_one" | "existsOne" | "transformList" | "transformMap"
                    | "transformMapEntry",
                    arguments,
                ) => self.pairs(at, name, target, arguments),
                ("optMap" | "optFlatMap", [variable, body]) => {
                    self.optional_map(at, target, variable, body, name == "optFlatMap")
                }
                ("or" | "orValue", [other]) => self.otherwise(at, target, other, name),
                _ => self.apply(at, name, Style::Method, Some(target), &call.args),
            };
        }
        match (name, call.args.as_slice()) {
            ("_&&_" | "_||_", [left, right]) => {
                let (left, right) = (self.truth(left), self.truth(right));
                let (left, right) = (Box::new(left), Box::new(right));
                let op = if name == "_&&_" { Op::And(left, right) } else { Op::Or(left, right) };
                (Node { op, at }, Type::Bool)
            }
            ("_?_:_", [condition, left, right]) => {
                let condition = self.truth(condition);
                let ((left, one), (right, other)) = (self.node(left), self.node(right));
                (Node { op: Op::If(Box::new(condition), Box::new(left), Box::new(right)), at }, one.joined(other))
            }
            ("_[_]", [operand, index]) => self.index(at, operand, index, false),
            ("_[?_]", [operand, index]) => self.index(at, operand, index, true),
            ("_?._", [operand, field]) => {
                let Expr::Literal(LiteralValue::String(field)) = &field.expr else {
                    return self.problem(at, "there is no name after `.?`", "the name of a field");
                };
                let (operand, kind) = self.node(operand);
                let at = self.syntax.name(id, field);
                let (key, found) = self.field(at, &kind, field);
                (Node { op: Op::OptionalField(Box::new(operand), key), at }, optional(found))
            }
            (name, arguments) => {
                let style = if name.starts_with(|first: char| first.is_ascii_alphabetic()) {
                    Style::Global
                } else {
                    Style::Operator
                };
                let at = if style == Style::Global { self.syntax.name(id, name) } else { at };
                self.apply(at, name, style, None, arguments)
            }
        }
    }

    /// A part that has to be true or false.
    fn truth(&mut self, tree: &IdedExpr) -> Node {
        let (node, kind) = self.node(tree);
        if !matches!(kind, Type::Bool | Type::Dyn) {
            let message = format!("{} stands where a condition has to", with_article(&kind.name(self.shapes)));
            self.problem(node.at, message, "something that is true or false");
        }
        node
    }

    fn index(&mut self, at: Region, operand: &IdedExpr, index: &IdedExpr, absent: bool) -> Checked {
        let (operand, kind) = self.node(operand);
        let (index, index_kind) = self.node(index);
        let absent = absent || matches!(kind, Type::Optional(_));
        let inner = match &kind {
            Type::Optional(inner) => (**inner).clone(),
            kind => kind.clone(),
        };
        let object = matches!(inner, Type::Place(shape) if self.shapes.get(shape).kind == Kind::Object);
        if object && let Op::Literal(Value::String(key)) = &index.op {
            let (key, found) = self.field(index.at, &inner, key.as_str());
            let operand = Box::new(operand);
            return match absent {
                true => (Node { op: Op::OptionalField(operand, key), at }, optional(found)),
                false => (Node { op: Op::Field(operand, key), at }, found),
            };
        }
        let found = if let Some(item) = inner.item(self.shapes).filter(|_| inner != Type::Dyn) {
            if !index_kind.is_number() {
                self.problem(
                    index.at,
                    format!("{} is not a position in a list", with_article(&index_kind.name(self.shapes))),
                    "a whole number",
                );
            }
            item
        } else if let Some((key, value)) = inner.entry(self.shapes) {
            if !index_kind.meets(&key, self.shapes) {
                let message = format!("{} is not a key of this map", with_article(&index_kind.name(self.shapes)));
                self.problem(index.at, message, with_article(&key.name(self.shapes)));
            }
            value
        } else if object {
            Type::Dyn
        } else {
            let message = format!("{} has no items and no keys", with_article(&inner.name(self.shapes)));
            return self.problem(at, message, "a list or a map before the bracket");
        };
        let (operand, index) = (Box::new(operand), Box::new(index));
        match absent {
            true => (Node { op: Op::OptionalIndex(operand, index), at }, optional(found)),
            false => (Node { op: Op::Index(operand, index), at }, found),
        }
    }

    fn list(&mut self, at: Region, list: &ListExpr) -> Checked {
        let (mut items, mut kind) = (Vec::new(), None::<Type>);
        for (index, item) in list.elements.iter().enumerate() {
            let marked = list.optional_indices.contains(&index);
            let (node, found) = self.node(item);
            let found = if marked { self.unwrapped(node.at, found) } else { found };
            kind = Some(kind.map_or(found.clone(), |kind| kind.joined(found)));
            items.push((node, marked));
        }
        (Node { op: Op::List(items), at }, kind.unwrap_or(Type::Dyn).listed())
    }

    fn map(&mut self, at: Region, map: &MapExpr) -> Checked {
        let (mut entries, mut kinds) = (Vec::new(), None::<(Type, Type)>);
        for entry in &map.entries {
            let EntryExpr::MapEntry(entry) = &entry.expr else { continue };
            let (key, key_kind) = self.node(&entry.key);
            if !matches!(key_kind, Type::Dyn | Type::Bool | Type::Int | Type::Uint | Type::String) {
                let message = format!("{} cannot be a key", with_article(&key_kind.name(self.shapes)));
                self.problem(key.at, message, "a string, a whole number or a bool");
            }
            let (value, value_kind) = self.node(&entry.value);
            let value_kind = if entry.optional { self.unwrapped(value.at, value_kind) } else { value_kind };
            kinds = Some(match kinds {
                None => (key_kind, value_kind),
                Some((key, value)) => (key.joined(key_kind), value.joined(value_kind)),
            });
            entries.push((key, value, entry.optional));
        }
        let (key, value) = kinds.unwrap_or((Type::Dyn, Type::Dyn));
        (Node { op: Op::Map(entries), at }, Type::Map(key.into(), value.into()))
    }

    /// The type inside an optional value that is left out when it is absent.
    fn unwrapped(&mut self, at: Region, kind: Type) -> Type {
        match kind {
            Type::Optional(inner) => (*inner).clone(),
            Type::Dyn => Type::Dyn,
            other => {
                let message =
                    format!("{} is always there, so `?` means nothing", with_article(&other.name(self.shapes)));
                self.problem(at, message, "an optional value after `?`").1
            }
        }
    }

    /// Calls a function of the library.
    fn apply(
        &mut self,
        at: Region,
        name: &str,
        style: Style,
        target: Option<&IdedExpr>,
        arguments: &[IdedExpr],
    ) -> Checked {
        let Some(function) = functions::find(name, style) else { return self.unknown(at, name, style) };
        let (mut nodes, mut kinds) = (Vec::new(), Vec::new());
        for tree in target.into_iter().chain(arguments) {
            let (node, kind) = self.node(tree);
            nodes.push(node);
            kinds.push(kind);
        }
        let accepts = |takes: &[Want]| {
            takes.len() == kinds.len() && takes.iter().zip(&kinds).all(|(want, kind)| want.accepts(kind, self.shapes))
        };
        let fitting: Vec<_> = function.overloads.iter().filter(|(takes, _)| accepts(takes)).collect();
        let mut given = fitting.iter().map(|(_, gives)| gives.of(&kinds, self.shapes));
        let Some(first) = given.next() else { return self.no_overload(at, function, &nodes, &kinds) };
        let kind = given.fold(first, Type::joined);
        if let Some(problem) = self.never_meets(at, name, &nodes, &kinds) {
            self.problems.push(problem);
        }
        if matches!(name, "matches" | "find" | "findAll")
            && let [_, Node { op: Op::Literal(Value::String(text)), at: place }] = nodes.as_slice()
        {
            match strings::pattern(text.as_str()) {
                Ok(pattern) => {
                    nodes.truncate(1);
                    return (Node { op: Op::Match(function, nodes, pattern), at }, kind);
                }
                Err(fault) => return self.problem(*place, fault.message, fault.expected),
            }
        }
        (Node { op: Op::Call(function, nodes), at }, kind)
    }

    /// Comparing what can never be equal or in an order is a slip.
    fn never_meets(&self, at: Region, name: &str, nodes: &[Node], kinds: &[Type]) -> Option<Problem> {
        let [left, right] = kinds else { return None };
        let comparison = matches!(name, "_==_" | "_!=_" | "_<_" | "_<=_" | "_>_" | "_>=_");
        let right = match name {
            "@in" => {
                &right.item(self.shapes).or_else(|| right.entry(self.shapes).map(|(key, _)| key)).unwrap_or(Type::Dyn)
            }
            _ if comparison => right,
            _ => return None,
        };
        let ordered = !matches!(name, "_==_" | "_!=_" | "@in");
        let unordered = |kind: &Type| !kind.has_order();
        if left.meets(right, self.shapes) && !(ordered && (unordered(left) || unordered(right))) {
            return None;
        }
        let (left, right) = (left.name(self.shapes), right.name(self.shapes));
        let message = match name {
            "@in" => format!("{} is never an item or key of type {right}", with_article(&left)),
            _ if ordered => format!("{} and {} are in no order", with_article(&left), with_article(&right)),
            _ => format!("{} is never equal to {}", with_article(&left), with_article(&right)),
        };
        let at = nodes.get(1).map_or(at, |node| Region { start: at.start, end: node.at.end.max(at.end) });
        Some(Problem::new(at, message, "values of one type on both sides"))
    }

    fn no_overload(&mut self, at: Region, function: &Function, nodes: &[Node], kinds: &[Type]) -> Checked {
        let names: Vec<String> = kinds.iter().map(|kind| kind.name(self.shapes)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut problem =
            Problem::new(at, format!("{} is not for {}", spoken(function.name), joined(&names)), function.usage());
        // A whole number beside a double: the literal can be written as a double.
        if let ([left, right], [first, second]) = (kinds, nodes) {
            let literal = match (left, right) {
                (Type::Double, Type::Int) => Some(second),
                (Type::Int, Type::Double) => Some(first),
                _ => None,
            };
            match literal.map(|node| (&node.op, node.at)) {
                Some((Op::Literal(Value::Int(value)), place)) => {
                    problem.at = place;
                    problem.suggestion = Some(format!("{value}.0"));
                }
                Some((_, _)) => problem.expected = format!("{}; `double()` makes a double of an int", problem.expected),
                None => {}
            }
        }
        self.problems.push(problem);
        (Node { op: Op::Literal(Value::Null), at }, Type::Dyn)
    }

    fn unknown(&mut self, at: Region, name: &str, style: Style) -> Checked {
        let last = name.rsplit('.').next().unwrap_or(name);
        if let Some((_, instead)) = UNSUPPORTED.iter().find(|(known, _)| *known == last || *known == name) {
            return self.problem(at, format!("`{name}()` is not supported"), *instead);
        }
        if style == Style::Operator {
            return self.problem(at, format!("`{}` is not supported", symbol(name)), "another operator");
        }
        let macros = [
            "all",
            "exists",
            "exists_one",
            "existsOne",
            "map",
            "filter",
            "transformList",
            "transformMap",
            "transformMapEntry",
        ];
        let methods = ["or", "orValue", "optMap", "optFlatMap"];
        let of_style: Vec<&str> = match style {
            Style::Method => functions::names(style).chain(macros).chain(methods).collect(),
            _ => functions::names(style).chain(["has", "cel.bind"]).collect(),
        };
        let elsewhere = match style {
            Style::Method => functions::find(name, Style::Global)
                .map(|_| format!("`{name}(…)`, with the value between the brackets")),
            _ => functions::find(name, Style::Method).map(|_| format!("`….{name}(…)`, after the value and a dot")),
        };
        let expected = match elsewhere {
            Some(elsewhere) => elsewhere,
            None if macros.contains(&name) => format!("`….{name}(…)` with a name and a condition"),
            None => "a function of the language".to_owned(),
        };
        let mut problem = Problem::new(at, format!("there is no function `{name}()`"), expected);
        problem.suggestion = nearest(name, of_style).map(str::to_owned);
        self.problems.push(problem);
        (Node { op: Op::Literal(Value::Null), at }, Type::Dyn)
    }

    /// A name that is known in what `body` checks.
    fn scoped<T>(&mut self, names: &[(&str, Type)], body: impl FnOnce(&mut Self, &[usize]) -> T) -> T {
        let mut slots = Vec::new();
        for (name, kind) in names {
            slots.push(self.slots);
            self.scope.push(Variable { name: (*name).to_owned(), slot: self.slots, kind: kind.clone() });
            self.slots += 1;
        }
        let result = body(self, &slots);
        self.scope.truncate(self.scope.len() - names.len());
        result
    }

    fn simple_name<'t>(&mut self, tree: &'t IdedExpr) -> Option<&'t str> {
        match &tree.expr {
            Expr::Ident(name) => Some(name),
            _ => {
                let at = self.syntax.token(tree.id);
                self.problem(at, "this is not a name for a variable", "a simple name, such as `item`");
                None
            }
        }
    }

    fn bind(&mut self, at: Region, arguments: &[IdedExpr]) -> Checked {
        let [name, value, body] = arguments else {
            return self.problem(
                at,
                "`cel.bind()` takes a name, a value and an expression",
                "`cel.bind(name, value, expression)`",
            );
        };
        let Some(name) = self.simple_name(name) else { return self.node(body) };
        let (value, kind) = self.node(value);
        let (slot, (body, found)) =
            self.scoped(&[(name, kind)], |checker, slots| (slots.first().copied(), checker.node(body)));
        let op = Op::Bind { slot: slot.unwrap_or_default(), value: Box::new(value), body: Box::new(body) };
        (Node { op, at }, found)
    }

    fn optional_map(
        &mut self,
        at: Region,
        target: &IdedExpr,
        variable: &IdedExpr,
        body: &IdedExpr,
        flat: bool,
    ) -> Checked {
        let (operand, kind) = self.node(target);
        let inner = self.inner(operand.at, &kind);
        let Some(name) = self.simple_name(variable) else { return (operand, Type::Dyn) };
        let (slot, (body, found)) =
            self.scoped(&[(name, inner)], |checker, slots| (slots.first().copied(), checker.node(body)));
        let found = match (flat, found) {
            (true, Type::Dyn) => optional(Type::Dyn),
            (true, found @ Type::Optional(_)) => found,
            (true, other) => {
                let message = format!("`optFlatMap()` makes {}", with_article(&other.name(self.shapes)));
                self.problem(body.at, message, "an optional value, or `optMap()`").1
            }
            (false, found) => optional(found),
        };
        let op =
            Op::OptionalMap { operand: Box::new(operand), slot: slot.unwrap_or_default(), body: Box::new(body), flat };
        (Node { op, at }, found)
    }

    /// The type inside an optional value.
    fn inner(&mut self, at: Region, kind: &Type) -> Type {
        match kind {
            Type::Optional(inner) => (**inner).clone(),
            Type::Dyn => Type::Dyn,
            other => {
                let message = format!("{} is not an optional value", with_article(&other.name(self.shapes)));
                self.problem(at, message, "an optional value, such as `self.?name`").1
            }
        }
    }

    /// `or()` and `orValue()`: the other is only looked at when there is no value.
    fn otherwise(&mut self, at: Region, target: &IdedExpr, other: &IdedExpr, name: &str) -> Checked {
        let (operand, kind) = self.node(target);
        let inner = self.inner(operand.at, &kind);
        let (other, other_kind) = self.node(other);
        let (operand, other) = (Box::new(operand), Box::new(other));
        if name == "orValue" {
            return (Node { op: Op::OrValue(operand, other), at }, inner.joined(other_kind));
        }
        let other_inner = self.inner(other.at, &other_kind);
        (Node { op: Op::OrOptional(operand, other), at }, optional(inner.joined(other_inner)))
    }

    /// What a macro looks at: the types of index or key, and of item or value.
    fn range(&mut self, tree: &IdedExpr) -> (Node, Type, Type, bool) {
        let (node, kind) = self.node(tree);
        if kind == Type::Dyn {
            return (node, Type::Dyn, Type::Dyn, false);
        }
        if let Some(item) = kind.item(self.shapes) {
            return (node, Type::Int, item, true);
        }
        if let Some((key, value)) = kind.entry(self.shapes) {
            return (node, key, value, false);
        }
        if kind.is_map(self.shapes) {
            return (node, Type::String, Type::Dyn, false);
        }
        let message = format!("{} has no items to go through", with_article(&kind.name(self.shapes)));
        self.problem(node.at, message, "a list or a map before the dot");
        (node, Type::Dyn, Type::Dyn, true)
    }

    fn comprehension(&mut self, at: Region, loops: &ComprehensionExpr) -> Checked {
        let Some(read) = read(loops) else {
            return self.problem(at, "this cannot be gone through", "`all()`, `exists()`, `map()` or `filter()`");
        };
        let (range, key, item, list) = self.range(&loops.iter_range);
        let variable = if range_is_dyn(&key, &item) {
            Type::Dyn
        } else if list {
            item.clone()
        } else {
            key
        };
        let names = [(loops.iter_var.as_str(), variable.clone())];
        let (slot, condition, result) = self.scoped(&names, |checker, slots| {
            let condition = read.condition.map(|condition| checker.truth(condition));
            let result = read.result.map(|result| checker.node(result));
            (slots.first().copied().unwrap_or_default(), condition, result)
        });
        let (result, made) = result.map_or((None, variable), |(node, kind)| (Some(node), kind));
        let kind = match read.kind {
            LoopKind::All | LoopKind::Exists | LoopKind::ExistsOne => Type::Bool,
            _ => made.listed(),
        };
        let op = Op::Loop(Box::new(Loop { range, kind: read.kind, slot, second: None, condition, result }));
        (Node { op, at }, kind)
    }

    /// The macros with two variables.
    fn pairs(&mut self, at: Region, name: &str, target: &IdedExpr, arguments: &[IdedExpr]) -> Checked {
        let (first, second, condition, result) = match (name, arguments) {
            ("transformList" | "transformMap" | "transformMapEntry", [first, second, result]) => {
                (first, second, None, Some(result))
            }
            ("transformList" | "transformMap" | "transformMapEntry", [first, second, condition, result]) => {
                (first, second, Some(condition), Some(result))
            }
            ("all" | "exists" | "exists_one" | "existsOne", [first, second, condition]) => {
                (first, second, Some(condition), None)
            }
            _ => {
                return self.problem(
                    at,
                    format!("`{name}()` takes names and an expression"),
                    format!("`….{name}(item, expression)`"),
                );
            }
        };
        let (Some(first), Some(second)) = (self.simple_name(first), self.simple_name(second)) else {
            return (Node { op: Op::Literal(Value::Null), at }, Type::Dyn);
        };
        let (range, key, item, _) = self.range(target);
        let (slots, condition, result) = self.scoped(&[(first, key.clone()), (second, item)], |checker, slots| {
            let condition = condition.map(|condition| checker.truth(condition));
            (slots.to_vec(), condition, result.map(|result| checker.node(result)))
        });
        let (kind, made) = match name {
            "all" => (LoopKind::All, Type::Bool),
            "exists" => (LoopKind::Exists, Type::Bool),
            "transformList" => (LoopKind::Map, result.as_ref().map_or(Type::Dyn, |(_, kind)| kind.clone()).listed()),
            "transformMap" => {
                let value = result.as_ref().map_or(Type::Dyn, |(_, kind)| kind.clone());
                (LoopKind::MapValues, Type::Map(key.into(), value.into()))
            }
            "transformMapEntry" => (LoopKind::MapEntries, result.as_ref().map_or(Type::Dyn, |(_, kind)| kind.clone())),
            _ => (LoopKind::ExistsOne, Type::Bool),
        };
        let slot = slots.first().copied().unwrap_or_default();
        let result = result.map(|(node, _)| node);
        let op = Op::Loop(Box::new(Loop { range, kind, slot, second: slots.get(1).copied(), condition, result }));
        (Node { op, at }, made)
    }
}

/// What the parser made of a macro.
struct Read<'t> {
    kind: LoopKind,
    condition: Option<&'t IdedExpr>,
    result: Option<&'t IdedExpr>,
}

/// Reads back which macro the parser expanded.
fn read(loops: &ComprehensionExpr) -> Option<Read<'_>> {
    let gathered = |tree: &IdedExpr| matches!(&tree.expr, Expr::Ident(name) if name == GATHERED);
    let step = &loops.loop_step;
    let simple = |kind, name: &str| match arguments(step) {
        [first, condition] if gathered(first) && calls(step, name) => {
            Some(Read { kind, condition: Some(condition), result: None })
        }
        _ => None,
    };
    match &loops.accu_init.expr {
        Expr::Literal(LiteralValue::Boolean(value)) if **value => simple(LoopKind::All, "_&&_"),
        Expr::Literal(LiteralValue::Boolean(_)) => simple(LoopKind::Exists, "_||_"),
        Expr::Literal(LiteralValue::Int(_)) => match arguments(step) {
            [condition, _, _] => Some(Read { kind: LoopKind::ExistsOne, condition: Some(condition), result: None }),
            _ => None,
        },
        Expr::List(_) => {
            let (condition, added) = match arguments(step) {
                [condition, added, _] if calls(step, "_?_:_") => (Some(condition), added),
                _ => (None, step),
            };
            let [_, made] = arguments(added) else { return None };
            let Expr::List(made) = &made.expr else { return None };
            let [result] = made.elements.as_slice() else { return None };
            let unchanged = matches!(&result.expr, Expr::Ident(name) if *name == loops.iter_var);
            match (condition, unchanged) {
                (Some(_), true) => Some(Read { kind: LoopKind::Filter, condition, result: None }),
                _ => Some(Read { kind: LoopKind::Map, condition, result: Some(result) }),
            }
        }
        _ => None,
    }
}

/// The arguments of a call, none when it is not one.
fn arguments(tree: &IdedExpr) -> &[IdedExpr] {
    match &tree.expr {
        Expr::Call(call) => &call.args,
        _ => &[],
    }
}

/// Whether it calls an operator.
fn calls(tree: &IdedExpr, name: &str) -> bool {
    matches!(&tree.expr, Expr::Call(call) if call.func_name == name && call.target.is_none())
}

fn range_is_dyn(key: &Type, item: &Type) -> bool {
    *key == Type::Dyn && *item == Type::Dyn
}

fn optional(kind: Type) -> Type {
    match kind {
        Type::Optional(_) => kind,
        kind => Type::Optional(kind.into()),
    }
}

fn literal_of(literal: &LiteralValue) -> (Value<'static>, Type) {
    match literal {
        LiteralValue::Boolean(value) => (Value::Bool(**value), Type::Bool),
        LiteralValue::Bytes(value) => (Value::Bytes(value.inner().into()), Type::Bytes),
        LiteralValue::Double(value) => (Value::Double(**value), Type::Double),
        LiteralValue::Int(value) => (Value::Int(**value), Type::Int),
        LiteralValue::UInt(value) => (Value::Uint(**value), Type::Uint),
        LiteralValue::Null => (Value::Null, Type::Null),
        LiteralValue::String(value) => (Value::String(Text::Made(value.inner().into())), Type::String),
    }
}

fn with_article(name: &str) -> String {
    match name {
        "any value" | "null" | "bytes" => name.to_owned(),
        name if name.starts_with(['a', 'e', 'i', 'o']) => format!("an {name}"),
        name => format!("a {name}"),
    }
}

/// A name as it is written after a dot.
fn selectable(name: &str) -> String {
    let mut characters = name.chars();
    let simple = characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|character| character.is_ascii_alphanumeric() || character == '_');
    if simple { name.to_owned() } else { format!("`{name}`") }
}

/// The name that Kubernetes' escapes stand for (`__dash__`, `__dot__`, …), when there are any.
fn unescaped(name: &str) -> Option<String> {
    if let Some(word) = name.strip_prefix("__").and_then(|rest| rest.strip_suffix("__")) {
        let reserved = [
            "true",
            "false",
            "null",
            "in",
            "as",
            "break",
            "const",
            "continue",
            "else",
            "for",
            "function",
            "if",
            "import",
            "let",
            "loop",
            "package",
            "namespace",
            "return",
            "var",
            "void",
            "while",
        ];
        if reserved.contains(&word) {
            return Some(word.to_owned());
        }
    }
    let mut plain = name.to_owned();
    for (escape, character) in [("__dot__", "."), ("__dash__", "-"), ("__slash__", "/"), ("__underscores__", "__")] {
        plain = plain.replace(escape, character);
    }
    (plain != name).then_some(plain)
}
