//! An expression that was read and checked, ready to be evaluated any number of times.

use super::functions::Function;
use super::problem::Region;
use super::types::Type;
use super::value::Value;

/// An expression that was read and checked.
#[derive(Debug)]
pub struct Plan {
    /// The text.
    pub text: String,
    /// What is evaluated.
    pub root: Node,
    /// The type of what comes out.
    pub kind: Type,
    /// The names that were given, in the order of their slots, and whether the expression uses them.
    pub variables: Vec<(String, bool)>,
    /// How many slots it needs for variables, its own included.
    pub slots: usize,
}

impl Plan {
    /// Whether the expression uses the variable `name`.
    pub fn uses(&self, name: &str) -> bool {
        self.variables.iter().any(|(variable, used)| variable == name && *used)
    }
}

/// A part of an expression.
#[derive(Debug)]
pub struct Node {
    /// What it does.
    pub op: Op,
    /// The token that it is known by.
    pub at: Region,
}

impl Node {
    /// The parts that it is made of.
    pub fn parts(&self) -> Vec<&Self> {
        match &self.op {
            Op::Literal(_) | Op::Variable(_) => Vec::new(),
            Op::Field(of, _) | Op::Has(of, _) | Op::OptionalField(of, _) => vec![of],
            Op::Index(one, two)
            | Op::OptionalIndex(one, two)
            | Op::And(one, two)
            | Op::Or(one, two)
            | Op::OrValue(one, two)
            | Op::OrOptional(one, two)
            | Op::Bind { value: one, body: two, .. }
            | Op::OptionalMap { operand: one, body: two, .. } => vec![one, two],
            Op::If(one, two, three) => vec![one, two, three],
            Op::Call(_, parts) | Op::Match(_, parts, _) => parts.iter().collect(),
            Op::List(items) => items.iter().map(|(item, _)| item).collect(),
            Op::Map(entries) => entries.iter().flat_map(|(key, value, _)| [key, value]).collect(),
            Op::Loop(inner) => std::iter::once(&inner.range).chain(&inner.condition).chain(&inner.result).collect(),
        }
    }
}

/// What a part of an expression does.
#[derive(Debug)]
pub enum Op {
    /// Stands for itself.
    Literal(Value<'static>),
    /// The variable in a slot.
    Variable(usize),
    /// The member of a map.
    Field(Box<Node>, String),
    /// Whether a map has a member.
    Has(Box<Node>, String),
    /// The member of a map or of an optional map, as an optional value.
    OptionalField(Box<Node>, String),
    /// The item of a list, or the value under a key of a map.
    Index(Box<Node>, Box<Node>),
    /// As [`Op::Index`], as an optional value.
    OptionalIndex(Box<Node>, Box<Node>),
    /// False when either is.
    And(Box<Node>, Box<Node>),
    /// True when either is.
    Or(Box<Node>, Box<Node>),
    /// A condition and its branches.
    If(Box<Node>, Box<Node>, Box<Node>),
    /// A function of the library.
    Call(&'static Function, Vec<Node>),
    /// A function of the library whose last argument is a pattern that was read already.
    Match(&'static Function, Vec<Node>, regex::Regex),
    /// Makes a list. Optional values that are marked are left out when they are absent.
    List(Vec<(Node, bool)>),
    /// Makes a map. Optional values that are marked are left out when they are absent.
    Map(Vec<(Node, Node, bool)>),
    /// Looks at all items of a list, all keys of a map.
    Loop(Box<Loop>),
    /// Gives a value a name.
    Bind {
        /// Where it is kept.
        slot: usize,
        /// The value.
        value: Box<Node>,
        /// Where the name is known.
        body: Box<Node>,
    },
    /// The value of an optional value, or what stands in for it.
    OrValue(Box<Node>, Box<Node>),
    /// An optional value, or the other when it is absent.
    OrOptional(Box<Node>, Box<Node>),
    /// What becomes of the value of an optional value that is present.
    OptionalMap {
        /// The optional value.
        operand: Box<Node>,
        /// Where its value is kept.
        slot: usize,
        /// What becomes of it.
        body: Box<Node>,
        /// Whether that is an optional value itself.
        flat: bool,
    },
}

/// A macro that looks at all items of a list or all keys of a map.
#[derive(Debug)]
pub struct Loop {
    /// The list or map.
    pub range: Node,
    /// What is done.
    pub kind: LoopKind,
    /// Where the item or key is kept; for two variables the index or key.
    pub slot: usize,
    /// Where the item or value is kept, for two variables.
    pub second: Option<usize>,
    /// The condition.
    pub condition: Option<Node>,
    /// What becomes of each, for `map`; the condition comes before it.
    pub result: Option<Node>,
}

/// Which of the macros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopKind {
    /// Whether the condition holds for all.
    All,
    /// Whether it holds for any.
    Exists,
    /// Whether it holds for exactly one.
    ExistsOne,
    /// Those for which it holds.
    Filter,
    /// What becomes of those for which it holds, as a list.
    Map,
    /// The same, as a map with the same keys.
    MapValues,
    /// The same, where each is a map, as one map.
    MapEntries,
}
