//! Functions of texts. Positions count characters.

use regex::{Regex, RegexBuilder};

use super::functions::Fault;
use super::meter::{Meter, traversal};
use super::value::{Text, Value};

/// How many bytes a pattern may take when it is compiled.
const MAX_PATTERN: usize = 1 << 20;

/// Text in the making, which is paid for before it is made.
pub struct Made<'m> {
    text: String,
    meter: &'m mut Meter,
}

impl<'m> Made<'m> {
    /// Nothing yet.
    pub fn new(meter: &'m mut Meter) -> Self {
        Self { text: String::new(), meter }
    }

    /// Adds to its end.
    ///
    /// # Errors
    /// When that is over the limit.
    pub fn push(&mut self, text: &str) -> Result<(), Fault> {
        room(self.meter, text.len())?;
        self.text.push_str(text);
        Ok(())
    }

    /// What was made.
    pub fn value(self) -> Value<'static> {
        Value::text(self.text)
    }
}

/// Pays for that many bytes.
///
/// # Errors
/// When that is over the limit; the evaluation ends then, whatever the error says.
pub fn room(meter: &mut Meter, bytes: usize) -> Result<(), Fault> {
    meter.add(traversal(bytes as u64));
    if meter.is_over() { Err(Fault::new("the text is too long", "a shorter text")) } else { Ok(()) }
}

pub fn contains<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::String(text), Value::String(part)] => Ok(Value::Bool(text.as_str().contains(part.as_str()))),
        _ => Err(Fault::overload("contains", values)),
    }
}

pub fn starts_with<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::String(text), Value::String(part)] => Ok(Value::Bool(text.as_str().starts_with(part.as_str()))),
        _ => Err(Fault::overload("startsWith", values)),
    }
}

pub fn ends_with<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::String(text), Value::String(part)] => Ok(Value::Bool(text.as_str().ends_with(part.as_str()))),
        _ => Err(Fault::overload("endsWith", values)),
    }
}

/// Reads a pattern.
///
/// # Errors
/// When it is not one, or too large.
pub fn pattern(text: &str) -> Result<Regex, Fault> {
    RegexBuilder::new(text).size_limit(MAX_PATTERN).build().map_err(|error| {
        // The last line says what is wrong; those before it draw where.
        let reason = error.to_string().lines().last().map(|line| line.trim_start_matches("error: ").to_owned());
        Fault::new(
            format!("{text:?} is not a pattern: {}", reason.unwrap_or_default()),
            "a regular expression as RE2 reads it: no look-around and no back-references",
        )
    })
}

pub fn matches<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::String(text), Value::String(sought)] => {
            Ok(Value::Bool(pattern(sought.as_str())?.is_match(text.as_str())))
        }
        _ => Err(Fault::overload("matches", values)),
    }
}

pub fn find<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::String(text), Value::String(sought)] => Ok(found(&pattern(sought.as_str())?, text)),
        _ => Err(Fault::overload("find", values)),
    }
}

pub fn find_all<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    let (text, sought, most) = match values {
        [Value::String(text), Value::String(sought)] => (text, sought, -1),
        [Value::String(text), Value::String(sought), Value::Int(most)] => (text, sought, *most),
        _ => return Err(Fault::overload("findAll", values)),
    };
    Ok(all_found(&pattern(sought.as_str())?, text, most))
}

/// The first match, or nothing.
fn found<'a>(pattern: &Regex, text: &Text<'a>) -> Value<'a> {
    match text {
        Text::Borrowed(text) => Value::String(Text::Borrowed(pattern.find(text).map_or("", |found| found.as_str()))),
        Text::Made(text) => Value::text(pattern.find(text).map_or("", |found| found.as_str())),
    }
}

fn all_found<'a>(pattern: &Regex, text: &Text<'_>, most: i64) -> Value<'a> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    Value::list(pattern.find_iter(text.as_str()).take(most).map(|found| Value::text(found.as_str())).collect())
}

/// As [`matches`], [`find`] and [`find_all`], with a pattern that was read before.
pub fn with_pattern<'a>(name: &str, values: &[Value<'a>], pattern: &Regex) -> Result<Value<'a>, Fault> {
    match (name, values) {
        ("matches", [Value::String(text)]) => Ok(Value::Bool(pattern.is_match(text.as_str()))),
        ("find", [Value::String(text)]) => Ok(found(pattern, text)),
        ("findAll", [Value::String(text)]) => Ok(all_found(pattern, text, -1)),
        _ => Err(Fault::overload(name, values)),
    }
}

fn beyond(index: i64, length: usize) -> Fault {
    Fault::new(
        format!("position {index} is not within the {length} characters of the text"),
        format!("a position from 0 to {length}"),
    )
}

/// The byte at a position, which may be the end.
fn byte(text: &str, index: i64) -> Result<usize, Fault> {
    let wanted = usize::try_from(index).map_err(|_| beyond(index, text.chars().count()))?;
    let mut starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    starts.nth(wanted).ok_or_else(|| beyond(index, text.chars().count()))
}

/// A part of a text, which stays where it is when it can.
fn slice<'a>(text: &Text<'a>, start: usize, end: usize) -> Value<'a> {
    match text {
        Text::Borrowed(text) => Value::String(Text::Borrowed(text.get(start..end).unwrap_or_default())),
        Text::Made(text) => Value::text(text.get(start..end).unwrap_or_default()),
    }
}

pub fn char_at<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::String(text), Value::Int(index)] => {
            let start = byte(text.as_str(), *index)?;
            let length = text.as_str().get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            Ok(slice(text, start, start + length))
        }
        _ => Err(Fault::overload("charAt", values)),
    }
}

pub fn index_of<'a>(name: &str, values: &[Value<'a>], meter: &mut Meter, last: bool) -> Result<Value<'a>, Fault> {
    let (text, part, from) = match values {
        [Value::String(text), Value::String(part)] => (text.as_str(), part.as_str(), None),
        [Value::String(text), Value::String(part), Value::Int(from)] => (text.as_str(), part.as_str(), Some(*from)),
        _ => return Err(Fault::overload(name, values)),
    };
    meter.add(traversal((text.len() + part.len()) as u64));
    let at = match (last, from) {
        (false, from) => {
            let from = byte(text, from.unwrap_or_default())?;
            text.get(from..).and_then(|rest| rest.find(part)).map(|at| at + from)
        }
        (true, None) => text.rfind(part),
        (true, Some(from)) => {
            let end = (byte(text, from)? + part.len()).min(text.len());
            // The end may be inside a character, which then cannot be part of a match.
            let end = (0..=end).rev().find(|&end| text.is_char_boundary(end)).unwrap_or_default();
            text.get(..end).and_then(|rest| rest.rfind(part))
        }
    };
    let position = at.map(|at| text.get(..at).unwrap_or_default().chars().count());
    Ok(Value::Int(position.and_then(|position| i64::try_from(position).ok()).unwrap_or(-1)))
}

pub fn lower_ascii<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::String(text)] => Ok(Value::text(text.as_str().to_ascii_lowercase())),
        _ => Err(Fault::overload("lowerAscii", values)),
    }
}

pub fn upper_ascii<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::String(text)] => Ok(Value::text(text.as_str().to_ascii_uppercase())),
        _ => Err(Fault::overload("upperAscii", values)),
    }
}

pub fn trim<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    match values {
        [Value::String(text)] => {
            let whole = text.as_str();
            let start = whole.len() - whole.trim_start().len();
            Ok(slice(text, start, start + whole.trim().len()))
        }
        _ => Err(Fault::overload("trim", values)),
    }
}

pub fn substring<'a>(values: &[Value<'a>], _: &mut Meter) -> Result<Value<'a>, Fault> {
    let (text, start, end) = match values {
        [Value::String(text), Value::Int(start)] => (text, *start, None),
        [Value::String(text), Value::Int(start), Value::Int(end)] => (text, *start, Some(*end)),
        _ => return Err(Fault::overload("substring", values)),
    };
    let from = byte(text.as_str(), start)?;
    let to = end.map_or(Ok(text.as_str().len()), |end| byte(text.as_str(), end))?;
    if from > to {
        return Err(Fault::new(
            format!("the part ends at {} before it starts at {start}", end.unwrap_or_default()),
            "an end after the start",
        ));
    }
    Ok(slice(text, from, to))
}

pub fn replace<'a>(values: &[Value<'a>], meter: &mut Meter) -> Result<Value<'a>, Fault> {
    let (text, old, new, most) = match values {
        [Value::String(text), Value::String(old), Value::String(new)] => (text, old, new, -1),
        [Value::String(text), Value::String(old), Value::String(new), Value::Int(most)] => (text, old, new, *most),
        _ => return Err(Fault::overload("replace", values)),
    };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let (text, mut made, mut last) = (text.as_str(), Made::new(meter), 0);
    for (at, part) in text.match_indices(old.as_str()).take(most) {
        made.push(text.get(last..at).unwrap_or_default())?;
        made.push(new.as_str())?;
        last = at + part.len();
    }
    made.push(text.get(last..).unwrap_or_default())?;
    Ok(made.value())
}

pub fn split<'a>(values: &[Value<'a>], meter: &mut Meter) -> Result<Value<'a>, Fault> {
    let (text, separator, most) = match values {
        [Value::String(text), Value::String(separator)] => (text, separator.as_str(), -1),
        [Value::String(text), Value::String(separator), Value::Int(most)] => (text, separator.as_str(), *most),
        _ => return Err(Fault::overload("split", values)),
    };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let whole = text.as_str();
    // Nothing separates the characters, not what is around them.
    let parts: Vec<&str> = match (separator, most) {
        (_, 0) => Vec::new(),
        ("", most) => {
            let mut parts: Vec<&str> = Vec::new();
            let mut rest = whole;
            while let Some(first) = rest.chars().next() {
                if parts.len() + 1 == most {
                    parts.push(rest);
                    break;
                }
                let (head, tail) = rest.split_at(first.len_utf8());
                parts.push(head);
                rest = tail;
            }
            parts
        }
        (separator, most) => whole.splitn(most, separator).collect(),
    };
    meter.add(parts.len() as u64);
    let start = whole.as_ptr() as usize;
    let part = |part: &str| slice(text, part.as_ptr() as usize - start, part.as_ptr() as usize - start + part.len());
    Ok(Value::list(parts.into_iter().map(part).collect()))
}

pub fn join<'a>(values: &[Value<'a>], meter: &mut Meter) -> Result<Value<'a>, Fault> {
    let (list, separator) = match values {
        [Value::List(list)] => (list, ""),
        [Value::List(list), Value::String(separator)] => (list, separator.as_str()),
        _ => return Err(Fault::overload("join", values)),
    };
    let mut made = Made::new(meter);
    for (index, item) in list.iter().enumerate() {
        if index > 0 {
            made.push(separator)?;
        }
        match &item {
            Value::String(text) => made.push(text.as_str())?,
            other => return Err(Fault::new(format!("the list holds {}", other.type_name()), "a list of strings")),
        }
    }
    Ok(made.value())
}

pub fn quote<'a>(values: &[Value<'a>], meter: &mut Meter) -> Result<Value<'a>, Fault> {
    let [Value::String(text)] = values else { return Err(Fault::overload("quote", values)) };
    let mut made = Made::new(meter);
    made.push("\"")?;
    for character in text.as_str().chars() {
        match character {
            '\u{7}' => made.push("\\a")?,
            '\u{8}' => made.push("\\b")?,
            '\u{c}' => made.push("\\f")?,
            '\n' => made.push("\\n")?,
            '\r' => made.push("\\r")?,
            '\t' => made.push("\\t")?,
            '\u{b}' => made.push("\\v")?,
            '\\' => made.push("\\\\")?,
            '"' => made.push("\\\"")?,
            other => made.push(other.encode_utf8(&mut [0; 4]))?,
        }
    }
    made.push("\"")?;
    Ok(made.value())
}
