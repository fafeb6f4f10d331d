//! The library: what each function takes and gives, what it costs, and what it does.
//!
//! One row a function, so that the checker, the estimate and the evaluation cannot disagree about it.

use std::cmp::Ordering;

use super::meter::Meter;
use super::shape::Shapes;
use super::types::Type;
use super::url::Url;
use super::value::{Map, Value};
use super::{convert, format, lists, operators, strings};

/// A function of the library.
#[derive(Debug)]
pub struct Function {
    /// Its name; an operator has the name that the language definition gives it.
    pub name: &'static str,
    /// How it is written.
    pub style: Style,
    /// What it takes and gives.
    pub overloads: &'static [Overload],
    /// What a call costs.
    pub work: Work,
    /// How large what it makes can be.
    pub makes: Makes,
    /// What it does.
    pub run: Run,
}

/// How a function is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Between its arguments.
    Operator,
    /// Before its arguments.
    Global,
    /// After its first argument.
    Method,
    /// Either.
    Either,
}

/// What a function takes and gives.
pub type Overload = (&'static [Want], Gives);

/// What a function does. An error says what is wrong, and what would be right.
pub type Run = for<'a> fn(&[Value<'a>], &mut Meter) -> Result<Value<'a>, Fault>;

/// Why a function has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub expected: String,
}

impl Fault {
    /// A fault.
    pub fn new(message: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { message: message.into(), expected: expected.into() }
    }

    /// The function is not for arguments of these types.
    pub fn overload(name: &str, arguments: &[Value<'_>]) -> Self {
        let types: Vec<&str> = arguments.iter().map(Value::type_name).collect();
        Self::new(format!("{} is not for {}", spoken(name), joined(&types)), "values of the right type")
    }
}

/// What an argument has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    Any,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
    Url,
    Type,
    List,
    Strings,
    Map,
    Optional,
}

/// What a function gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    Dyn,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
    Url,
    Type,
    Strings,
    /// A map from strings to lists of strings.
    Query,
    /// What the first argument is.
    First,
    /// What either of the first two arguments is.
    Either,
    /// An item of the first argument.
    Item,
    /// The value of the optional first argument.
    Inner,
    /// Either that, or the second argument.
    InnerOr,
    /// The first argument as an optional value.
    OptionalFirst,
    OptionalDyn,
    OptionalString,
}

/// What a call costs, from the sizes of its arguments: bytes of text, items of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// One.
    One,
    /// One, and a tenth for each byte of these arguments.
    Bytes(&'static [usize]),
    /// One, and one for each item of these arguments.
    Items(&'static [usize]),
    /// As a regular expression is matched: by the length of the text, and of the pattern.
    Pattern,
    /// One, and as much as both values have to be looked at. Counted while it runs.
    Equality,
    /// One, and as much as all items have to be looked at. Counted while it runs.
    Search,
    /// One, and as much as all items have to be compared with all others. Counted while it runs.
    Pairs,
}

/// How large what a function makes can be, from the sizes of its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Makes {
    /// Not longer than a number is written.
    Small,
    /// As its first argument, or a part of that.
    First,
    /// An item of its first argument.
    Item,
    /// Its first two arguments one after the other.
    Both,
    /// A list whose items together are as long as the first argument.
    Parts,
    /// The first argument times the others.
    Product,
    /// A few times as long as the first argument.
    Escaped,
}

impl Want {
    /// Whether a value of a type can be given.
    pub fn accepts(self, kind: &Type, shapes: &Shapes) -> bool {
        match (self, kind) {
            (Self::Any, _) | (_, Type::Dyn) => true,
            (Self::Null, Type::Null)
            | (Self::Bool, Type::Bool)
            | (Self::Int, Type::Int)
            | (Self::Uint, Type::Uint)
            | (Self::Double, Type::Double)
            | (Self::String, Type::String)
            | (Self::Bytes, Type::Bytes)
            | (Self::Timestamp, Type::Timestamp)
            | (Self::Duration, Type::Duration)
            | (Self::Url, Type::Url)
            | (Self::Type, Type::Kind)
            | (Self::Optional, Type::Optional(_)) => true,
            (Self::List, kind) => kind.item(shapes).is_some(),
            (Self::Strings, kind) => kind.item(shapes).is_some_and(|item| matches!(item, Type::String | Type::Dyn)),
            (Self::Map, kind) => kind.is_map(shapes),
            _ => false,
        }
    }

    /// How a person calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Any => "any value",
            Self::Null => "null",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Double => "double",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Timestamp => "timestamp",
            Self::Duration => "duration",
            Self::Url => "URL",
            Self::Type => "type",
            Self::List => "list",
            Self::Strings => "list of strings",
            Self::Map => "map",
            Self::Optional => "optional value",
        }
    }
}

impl Gives {
    /// The type of what a call gives.
    pub fn of(self, arguments: &[Type], shapes: &Shapes) -> Type {
        let argument = |index: usize| arguments.get(index).cloned().unwrap_or(Type::Dyn);
        let inner = || match argument(0) {
            Type::Optional(inner) => (*inner).clone(),
            _ => Type::Dyn,
        };
        match self {
            Self::Dyn => Type::Dyn,
            Self::Bool => Type::Bool,
            Self::Int => Type::Int,
            Self::Uint => Type::Uint,
            Self::Double => Type::Double,
            Self::String => Type::String,
            Self::Bytes => Type::Bytes,
            Self::Timestamp => Type::Timestamp,
            Self::Duration => Type::Duration,
            Self::Url => Type::Url,
            Self::Type => Type::Kind,
            Self::Strings => Type::String.listed(),
            Self::Query => Type::Map(Type::String.into(), Type::String.listed().into()),
            Self::First => argument(0),
            Self::Either => match (argument(0).item(shapes), argument(1).item(shapes)) {
                (Some(left), Some(right)) => left.joined(right).listed(),
                _ => argument(0).joined(argument(1)),
            },
            Self::Item => argument(0).item(shapes).unwrap_or(Type::Dyn),
            Self::Inner => inner(),
            Self::InnerOr => inner().joined(argument(1)),
            Self::OptionalFirst => Type::Optional(argument(0).into()),
            Self::OptionalDyn => Type::Optional(Type::Dyn.into()),
            Self::OptionalString => Type::Optional(Type::String.into()),
        }
    }
}

impl Function {
    /// What it takes, for a person: `string.startsWith(string)`.
    pub fn usage(&self) -> String {
        let usages: Vec<String> = self.overloads.iter().map(|(takes, _)| self.written(takes)).collect();
        usages.join(" or ")
    }

    fn written(&self, takes: &[Want]) -> String {
        let names: Vec<&str> = takes.iter().map(|want| want.name()).collect();
        match (self.style, names.as_slice()) {
            (Style::Operator, [left, right]) => format!("{left} {} {right}", symbol(self.name)),
            (Style::Operator, [operand]) => format!("{}{operand}", symbol(self.name)),
            (Style::Method, [receiver, arguments @ ..]) => {
                format!("{receiver}.{}({})", self.name, arguments.join(", "))
            }
            (_, arguments) => format!("{}({})", self.name, arguments.join(", ")),
        }
    }
}

/// How an operator is written.
pub fn symbol(name: &str) -> &str {
    if name == "@in" { "in" } else { name.trim_matches('_') }
}

/// How a function is called in a sentence.
pub fn spoken(name: &str) -> String {
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        format!("`{name}()`")
    } else {
        format!("`{}`", symbol(name))
    }
}

/// The beginning of an expression, when it is long.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Names one after the other, for a person.
pub fn joined(names: &[&str]) -> String {
    match names {
        [] => "no arguments".to_owned(),
        [only] => (*only).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// The function with a name, written as an operator, globally or as a method.
pub fn find(name: &str, style: Style) -> Option<&'static Function> {
    LIBRARY.iter().find(|function| {
        function.name == name
            && (function.style == style || (function.style == Style::Either && style != Style::Operator))
    })
}

/// All names that can be called so.
pub fn names(style: Style) -> impl Iterator<Item = &'static str> {
    LIBRARY
        .iter()
        .filter(move |function| function.style == style || function.style == Style::Either)
        .map(|function| function.name)
}

/// Functions that are known elsewhere, and what there is instead here.
pub const UNSUPPORTED: &[(&str, &str)] = &[
    ("authorizer", "nothing: a document is judged by what it says, not by who asks"),
    ("ip", "a pattern, or `format: ipv4` or `ipv6` in the schema"),
    ("isIP", "`format: ipv4` or `ipv6` in the schema"),
    ("cidr", "a pattern in the schema"),
    ("isCIDR", "a pattern in the schema"),
    ("quantity", "a number, and the unit in the name of the field"),
    ("isQuantity", "a number, and the unit in the name of the field"),
    ("semver", "a pattern, or a field for each part"),
    ("isSemver", "a pattern in the schema"),
    ("validate", "`format` or a pattern in the schema"),
    ("reverse", "`lastIndexOf()` or `endsWith()`"),
    ("distinct", "`uniqueItems` in the schema, or `sets.equivalent()`"),
    ("flatten", "`all()` inside `all()`"),
    ("slice", "`filter()`"),
    ("sort", "`isSorted()`, `min()` or `max()`"),
    ("sortBy", "`isSorted()`, `min()` or `max()`"),
    ("first", "`[0]`, or `[?0]`"),
    ("last", "`[size() - 1]`"),
    ("range", "the list itself"),
];

use Gives as G;
use Want as W;

macro_rules! library {
    ($($name:literal $style:ident [$([$($want:ident),*] -> $gives:ident),+] $work:expr, $makes:ident, $run:expr;)*) => {
        &[$(Function {
            name: $name,
            style: Style::$style,
            overloads: &[$((&[$(W::$want),*], G::$gives)),+],
            work: $work,
            makes: Makes::$makes,
            run: $run,
        }),*]
    };
}

static LIBRARY: &[Function] = library! {
    // Operators.
    "!_" Operator [[Bool] -> Bool] Work::One, Small, operators::not;
    "-_" Operator [[Int] -> Int, [Double] -> Double] Work::One, Small, operators::negate;
    "_+_" Operator [
        [Int, Int] -> Int, [Uint, Uint] -> Uint, [Double, Double] -> Double, [String, String] -> String, [Bytes, Bytes] -> Bytes,
        [Duration, Duration] -> Duration, [Timestamp, Duration] -> Timestamp, [Duration, Timestamp] -> Timestamp,
        [List, List] -> Either
    ] Work::One, Both, operators::add;
    "_-_" Operator [
        [Int, Int] -> Int, [Uint, Uint] -> Uint, [Double, Double] -> Double, [Duration, Duration] -> Duration,
        [Timestamp, Duration] -> Timestamp, [Timestamp, Timestamp] -> Duration
    ] Work::One, Small, operators::subtract;
    "_*_" Operator [[Int, Int] -> Int, [Uint, Uint] -> Uint, [Double, Double] -> Double] Work::One, Small, operators::multiply;
    "_/_" Operator [[Int, Int] -> Int, [Uint, Uint] -> Uint, [Double, Double] -> Double] Work::One, Small, operators::divide;
    "_%_" Operator [[Int, Int] -> Int, [Uint, Uint] -> Uint] Work::One, Small, operators::remainder;
    "_==_" Operator [[Any, Any] -> Bool] Work::Equality, Small, |values, meter| operators::equality(values, meter, true);
    "_!=_" Operator [[Any, Any] -> Bool] Work::Equality, Small, |values, meter| operators::equality(values, meter, false);
    "_<_" Operator [[Any, Any] -> Bool] Work::Equality, Small, |values, meter| operators::order("_<_", values, meter, Ordering::is_lt);
    "_<=_" Operator [[Any, Any] -> Bool] Work::Equality, Small, |values, meter| operators::order("_<=_", values, meter, Ordering::is_le);
    "_>_" Operator [[Any, Any] -> Bool] Work::Equality, Small, |values, meter| operators::order("_>_", values, meter, Ordering::is_gt);
    "_>=_" Operator [[Any, Any] -> Bool] Work::Equality, Small, |values, meter| operators::order("_>=_", values, meter, Ordering::is_ge);
    "@in" Operator [[Any, List] -> Bool, [Any, Map] -> Bool] Work::Search, Small, operators::within;

    // What every implementation has.
    "size" Either [[String] -> Int, [Bytes] -> Int, [List] -> Int, [Map] -> Int] Work::One, Small, size;
    "contains" Method [[String, String] -> Bool] Work::Bytes(&[0, 1]), Small, strings::contains;
    "startsWith" Method [[String, String] -> Bool] Work::Bytes(&[1]), Small, strings::starts_with;
    "endsWith" Method [[String, String] -> Bool] Work::Bytes(&[1]), Small, strings::ends_with;
    "matches" Either [[String, String] -> Bool] Work::Pattern, Small, strings::matches;
    "type" Global [[Any] -> Type] Work::One, Small, |values, _| Ok(Value::Type(one("type", values)?.type_name()));
    "dyn" Global [[Any] -> Dyn] Work::One, First, |values, _| Ok(one("dyn", values)?.clone());
    "bool" Global [[Bool] -> Bool, [String] -> Bool] Work::One, Small, convert::to_bool;
    "int" Global [[Int] -> Int, [Uint] -> Int, [Double] -> Int, [String] -> Int, [Timestamp] -> Int, [Duration] -> Int]
        Work::One, Small, convert::to_int;
    "uint" Global [[Uint] -> Uint, [Int] -> Uint, [Double] -> Uint, [String] -> Uint] Work::One, Small, convert::to_uint;
    "double" Global [[Double] -> Double, [Int] -> Double, [Uint] -> Double, [String] -> Double] Work::One, Small, convert::to_double;
    "string" Global [
        [String] -> String, [Bool] -> String, [Int] -> String, [Uint] -> String, [Double] -> String, [Bytes] -> String,
        [Timestamp] -> String, [Duration] -> String, [Url] -> String
    ] Work::Bytes(&[0]), First, convert::to_string;
    "bytes" Global [[Bytes] -> Bytes, [String] -> Bytes] Work::Bytes(&[0]), First, convert::to_bytes;
    "timestamp" Global [[Timestamp] -> Timestamp, [String] -> Timestamp, [Int] -> Timestamp] Work::One, Small, convert::to_timestamp;
    "duration" Global [[Duration] -> Duration, [String] -> Duration, [Int] -> Duration] Work::One, Small, convert::to_duration;
    "getFullYear" Method [[Timestamp] -> Int, [Timestamp, String] -> Int] Work::One, Small, |v, _| convert::part("getFullYear", v);
    "getMonth" Method [[Timestamp] -> Int, [Timestamp, String] -> Int] Work::One, Small, |v, _| convert::part("getMonth", v);
    "getDate" Method [[Timestamp] -> Int, [Timestamp, String] -> Int] Work::One, Small, |v, _| convert::part("getDate", v);
    "getDayOfMonth" Method [[Timestamp] -> Int, [Timestamp, String] -> Int] Work::One, Small, |v, _| convert::part("getDayOfMonth", v);
    "getDayOfWeek" Method [[Timestamp] -> Int, [Timestamp, String] -> Int] Work::One, Small, |v, _| convert::part("getDayOfWeek", v);
    "getDayOfYear" Method [[Timestamp] -> Int, [Timestamp, String] -> Int] Work::One, Small, |v, _| convert::part("getDayOfYear", v);
    "getHours" Method [[Timestamp] -> Int, [Timestamp, String] -> Int, [Duration] -> Int] Work::One, Small, |v, _| convert::part("getHours", v);
    "getMinutes" Method [[Timestamp] -> Int, [Timestamp, String] -> Int, [Duration] -> Int]
        Work::One, Small, |v, _| convert::part("getMinutes", v);
    "getSeconds" Method [[Timestamp] -> Int, [Timestamp, String] -> Int, [Duration] -> Int]
        Work::One, Small, |v, _| convert::part("getSeconds", v);
    "getMilliseconds" Method [[Timestamp] -> Int, [Timestamp, String] -> Int, [Duration] -> Int]
        Work::One, Small, |v, _| convert::part("getMilliseconds", v);

    // Strings.
    "charAt" Method [[String, Int] -> String] Work::Bytes(&[0]), Small, strings::char_at;
    "indexOf" Method [[String, String] -> Int, [String, String, Int] -> Int, [List, Any] -> Int]
        Work::Search, Small, |values, meter| search("indexOf", values, meter);
    "lastIndexOf" Method [[String, String] -> Int, [String, String, Int] -> Int, [List, Any] -> Int]
        Work::Search, Small, |values, meter| search("lastIndexOf", values, meter);
    "lowerAscii" Method [[String] -> String] Work::Bytes(&[0]), First, strings::lower_ascii;
    "upperAscii" Method [[String] -> String] Work::Bytes(&[0]), First, strings::upper_ascii;
    "trim" Method [[String] -> String] Work::Bytes(&[0]), First, strings::trim;
    "substring" Method [[String, Int] -> String, [String, Int, Int] -> String] Work::Bytes(&[0]), First, strings::substring;
    "replace" Method [[String, String, String] -> String, [String, String, String, Int] -> String]
        Work::Bytes(&[0]), Product, strings::replace;
    "split" Method [[String, String] -> Strings, [String, String, Int] -> Strings] Work::Bytes(&[0]), Parts, strings::split;
    "join" Method [[Strings] -> String, [Strings, String] -> String] Work::Items(&[0]), Product, strings::join;
    "format" Method [[String, List] -> String] Work::Bytes(&[0]), Product, format::format;
    "quote" Global [[String] -> String] Work::Bytes(&[0]), Escaped, strings::quote;
    "strings.quote" Global [[String] -> String] Work::Bytes(&[0]), Escaped, strings::quote;
    "find" Method [[String, String] -> String] Work::Pattern, First, strings::find;
    "findAll" Method [[String, String] -> Strings, [String, String, Int] -> Strings] Work::Pattern, Parts, strings::find_all;

    // URLs.
    "url" Global [[String] -> Url] Work::Bytes(&[0]), First, to_url;
    "isURL" Global [[String] -> Bool] Work::Bytes(&[0]), Small, |values, _| match values {
        [Value::String(text)] => Ok(Value::Bool(Url::parse(text.as_str()).is_some())),
        _ => Err(Fault::overload("isURL", values)),
    };
    "getScheme" Method [[Url] -> String] Work::One, First, |v, _| of_url("getScheme", v, |url| Value::text(url.scheme.as_str()));
    "getHost" Method [[Url] -> String] Work::One, First, |v, _| of_url("getHost", v, |url| Value::text(url.host.as_str()));
    "getHostname" Method [[Url] -> String] Work::One, First, |v, _| of_url("getHostname", v, |url| Value::text(url.hostname()));
    "getPort" Method [[Url] -> String] Work::One, First, |v, _| of_url("getPort", v, |url| Value::text(url.port()));
    "getEscapedPath" Method [[Url] -> String] Work::One, First, |v, _| of_url("getEscapedPath", v, |url| Value::text(url.path.as_str()));
    "getQuery" Method [[Url] -> Query] Work::Bytes(&[0]), Parts, |values, _| of_url("getQuery", values, query);

    // Lists.
    "includes" Method [[Any, Any] -> Bool] Work::Search, Small, lists::includes;
    "isSorted" Method [[List] -> Bool] Work::Equality, Small, lists::is_sorted;
    "sum" Method [[List] -> Item] Work::Items(&[0]), Small, lists::sum;
    "min" Method [[List] -> Item] Work::Equality, Item, |values, meter| lists::extreme("min", values, meter, Ordering::is_lt);
    "max" Method [[List] -> Item] Work::Equality, Item, |values, meter| lists::extreme("max", values, meter, Ordering::is_gt);
    "sets.contains" Global [[List, List] -> Bool] Work::Pairs, Small, lists::contains;
    "sets.equivalent" Global [[List, List] -> Bool] Work::Pairs, Small, lists::equivalent;
    "sets.intersects" Global [[List, List] -> Bool] Work::Pairs, Small, lists::intersects;

    // Values that may be absent.
    "optional.of" Global [[Any] -> OptionalFirst] Work::One, First, |values, _| {
        Ok(Value::Optional(Some(one("optional.of", values)?.clone().into())))
    };
    "optional.ofNonZeroValue" Global [[Any] -> OptionalFirst] Work::One, First, |values, _| {
        let value = one("optional.ofNonZeroValue", values)?;
        Ok(Value::Optional((!is_zero(value)).then(|| value.clone().into())))
    };
    "optional.none" Global [[] -> OptionalDyn] Work::One, Small, |_, _| Ok(Value::Optional(None));
    "hasValue" Method [[Optional] -> Bool] Work::One, Small, |values, _| match values {
        [Value::Optional(value)] => Ok(Value::Bool(value.is_some())),
        _ => Err(Fault::overload("hasValue", values)),
    };
    "value" Method [[Optional] -> Inner] Work::One, First, |values, _| match values {
        [Value::Optional(Some(value))] => Ok((**value).clone()),
        [Value::Optional(None)] => Err(Fault::new("there is no value", "a value, or `orValue()` with one to use instead")),
        _ => Err(Fault::overload("value", values)),
    };
};

/// The only argument.
pub fn one<'v, 'a>(name: &str, values: &'v [Value<'a>]) -> Result<&'v Value<'a>, Fault> {
    match values {
        [value] => Ok(value),
        _ => Err(Fault::overload(name, values)),
    }
}

fn size<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    let size = match values {
        [Value::String(text)] => text.as_str().chars().count(),
        [Value::Bytes(bytes)] => bytes.len(),
        [Value::List(list)] => list.len(),
        [Value::Map(map)] => map.len(),
        _ => return Err(Fault::overload("size", values)),
    };
    Ok(Value::Int(i64::try_from(size).unwrap_or(i64::MAX)))
}

fn search<'a>(name: &str, values: &[Value<'a>], meter: &mut Meter) -> Result<Value<'a>, Fault> {
    let last = name == "lastIndexOf";
    match values {
        [Value::String(_), ..] => strings::index_of(name, values, meter, last),
        [Value::List(list), wanted] => Ok(lists::index_of(list, wanted, meter, last)),
        _ => Err(Fault::overload(name, values)),
    }
}

fn to_url<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::String(text)] => {
            let expected = "an absolute URL or an absolute path";
            Url::parse(text.as_str())
                .map(|url| Value::Url(url.into()))
                .ok_or_else(|| convert::unreadable(text, expected))
        }
        _ => Err(Fault::overload("url", values)),
    }
}

fn of_url<'a>(name: &str, values: &[Value<'a>], read: fn(&Url) -> Value<'static>) -> Result<Value<'a>, Fault> {
    match values {
        [Value::Url(url)] => Ok(read(url)),
        _ => Err(Fault::overload(name, values)),
    }
}

fn query(url: &Url) -> Value<'static> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in &url.query {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let entry = |name: &str| {
        let values = url.query.iter().filter(|(other, _)| other == name).map(|(_, value)| Value::text(value.as_str()));
        (Value::text(name), Value::list(values.collect()))
    };
    Value::Map(Map::Made(names.into_iter().map(entry).collect()))
}

/// Whether it is what its type starts from: zero, empty, false, null.
fn is_zero(value: &Value<'_>) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Int(value) => *value == 0,
        Value::Uint(value) => *value == 0,
        Value::Double(value) => *value == 0.0,
        Value::String(text) => text.as_str().is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::List(list) => list.len() == 0,
        Value::Map(map) => map.len() == 0,
        Value::Duration(span) => span.0 == 0,
        Value::Optional(value) => value.is_none(),
        Value::Timestamp(_) | Value::Type(_) | Value::Url(_) => false,
    }
}
