//! Reading the text of an expression: a tree, and where each of its parts stands.

use std::sync::Arc;

use cel::common::ast::{Expr, IdedExpr, SourceInfo};
use cel::parser::PrattParser;
use cel::parser::pratt_parser::{Lexer, TokenKind};

use super::problem::{Problem, Region};

/// Bytes of an expression. People write a few hundred; the bounds here keep hostile ones from exhausting the stack.
const MAX_LENGTH: usize = 8_192;
/// Tokens of an expression.
const MAX_TOKENS: usize = 2_000;
/// How deep the parts of an expression may be nested: brackets, and chains such as `a + b + c`.
const MAX_DEPTH: usize = 200;
/// How many conditions one expression may have. Each nests the next.
const MAX_CONDITIONS: usize = 60;

/// An expression that was read.
pub struct Syntax<'t> {
    /// The text.
    pub text: &'t str,
    /// The tree.
    pub tree: IdedExpr,
    positions: Option<Arc<SourceInfo>>,
}

/// Reads an expression.
///
/// # Errors
/// When the text is not an expression, or too large for one.
pub fn parse(text: &str) -> Result<Syntax<'_>, Problem> {
    bounded(text)?;
    let tree = parser().parse(text).map_err(|errors| {
        // The first error is where the author has to look; the others mostly follow from it.
        let first = errors.errors.first();
        let at = first.map_or(0, |error| offset(text, error.pos));
        explained(text, at, first.map_or("", |error| error.msg.as_str()))
    })?;
    let depth = depth(&tree);
    if depth > MAX_DEPTH {
        return Err(too_large(
            text,
            text.len(),
            format!("the expression is nested {depth} levels deep"),
            MAX_DEPTH,
            "levels",
        ));
    }
    // The parser tells positions only beside an error, so it reads the text again with one behind its end. Parts are numbered
    // in the order in which they are read, so the numbers are the same.
    let positions =
        parser().parse(&format!("{text}\n)")).err().and_then(|errors| errors.errors.into_iter().next()?.source_info);
    Ok(Syntax { text, tree, positions })
}

fn parser() -> PrattParser {
    PrattParser::new().enable_optional_syntax(true).enable_ident_escape_syntax(true).max_recursion_depth(60)
}

impl Syntax<'_> {
    /// The token that a part of the tree is known by: a name, a literal, an operator, the bracket of a call.
    pub fn token(&self, id: u64) -> Region {
        match self.positions.as_ref().and_then(|positions| positions.offset_for(id)) {
            Some((start, end)) => Region { start: start as usize, end: (end as usize).max(start as usize) },
            None => Region { start: 0, end: self.text.len() },
        }
    }

    /// The name after the dot of a selection, or the name before the bracket of a call.
    pub fn name(&self, id: u64, name: &str) -> Region {
        let token = self.token(id);
        let after = self.text.get(token.end..).unwrap_or_default();
        let skipped = after.len() - after.trim_start_matches(|c: char| c.is_whitespace() || c == '?' || c == '`').len();
        let start = token.end + skipped;
        if self.text.get(start..).is_some_and(|rest| rest.starts_with(name)) {
            return Region { start, end: start + name.len() };
        }
        let before = self.text.get(..token.start).unwrap_or_default().trim_end();
        if before.ends_with(name) {
            return Region { start: before.len() - name.len(), end: before.len() };
        }
        token
    }
}

impl Syntax<'_> {
    /// The name of a field that is selected of what ends at a token.
    pub fn selected(&self, operand: Region, field: &str) -> Option<Region> {
        let after = self.text.get(operand.end..)?;
        let start = operand.end + after.len()
            - after.trim_start_matches(|c: char| c.is_whitespace() || ".?`".contains(c)).len();
        self.text.get(start..)?.starts_with(field).then_some(Region { start, end: start + field.len() })
    }
}

/// Refuses what would take too much to read.
fn bounded(text: &str) -> Result<(), Problem> {
    if text.len() > MAX_LENGTH {
        let message = format!("the expression has {} bytes", text.len());
        return Err(too_large(text, MAX_LENGTH, message, MAX_LENGTH, "bytes"));
    }
    let (mut lexer, mut tokens, mut conditions) = (Lexer::new(text), 0, 0);
    loop {
        let token = lexer.lex();
        match token.kind {
            TokenKind::TokEnd | TokenKind::TokError => return Ok(()),
            TokenKind::TokWhitespace | TokenKind::TokComment => continue,
            TokenKind::TokQuestion => conditions += 1,
            _ => {}
        }
        tokens += 1;
        if tokens > MAX_TOKENS {
            let message = format!("the expression has more than {MAX_TOKENS} tokens");
            return Err(too_large(text, token.start, message, MAX_TOKENS, "tokens"));
        }
        if conditions > MAX_CONDITIONS {
            let message = format!("the expression has more than {MAX_CONDITIONS} conditions");
            return Err(too_large(text, token.start, message, MAX_CONDITIONS, "conditions"));
        }
    }
}

fn too_large(text: &str, at: usize, message: String, most: usize, unit: &str) -> Problem {
    let start = (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default();
    Problem::new(Region { start, end: text.len() }, message, format!("at most {most} {unit}"))
}

/// The levels of a tree, counted without recursion.
fn depth(tree: &IdedExpr) -> usize {
    let mut deepest = 0;
    let mut open = vec![(tree, 1)];
    while let Some((part, level)) = open.pop() {
        deepest = deepest.max(level);
        open.extend(parts(&part.expr).into_iter().map(|part| (part, level + 1)));
    }
    deepest
}

/// What an expression is directly made of.
fn parts(expression: &Expr) -> Vec<&IdedExpr> {
    use cel::common::ast::EntryExpr;
    match expression {
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => Vec::new(),
        Expr::Call(call) => call.target.as_deref().into_iter().chain(&call.args).collect(),
        Expr::Comprehension(loops) => {
            vec![&loops.iter_range, &loops.accu_init, &loops.loop_cond, &loops.loop_step, &loops.result]
        }
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Map(map) => map
            .entries
            .iter()
            .flat_map(|entry| match &entry.expr {
                EntryExpr::MapEntry(entry) => vec![&entry.key, &entry.value],
                EntryExpr::StructField(field) => vec![&field.value],
            })
            .collect(),
        Expr::Select(select) => vec![&select.operand],
        Expr::Struct(made) => made
            .entries
            .iter()
            .map(|entry| match &entry.expr {
                EntryExpr::MapEntry(entry) => &entry.value,
                EntryExpr::StructField(field) => &field.value,
            })
            .collect(),
    }
}

/// The byte at a line and a column (both from 1, columns count characters).
fn offset(text: &str, (line, column): (isize, isize)) -> usize {
    let line = usize::try_from(line - 1).unwrap_or_default();
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let column = usize::try_from(column - 1).unwrap_or_default();
    let rest = text.get(start..).unwrap_or_default();
    start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at)
}

/// The parser's message in our words.
fn explained(text: &str, start: usize, message: &str) -> Problem {
    let mut lexer = Lexer::new(text);
    let token = loop {
        let token = lexer.lex();
        if token.start >= start || matches!(token.kind, TokenKind::TokEnd | TokenKind::TokError) {
            break token;
        }
    };
    let end = if token.start == start { token.end.max(start) } else { start };
    let at = Region { start, end: end.min(text.len()) };
    let found = match text.get(at.start..at.end).map(str::trim).filter(|found| !found.is_empty()) {
        Some(found) => format!("at `{found}`"),
        None => "at its end".to_owned(),
    };
    let message = message.strip_prefix("Syntax error: ").unwrap_or(message).trim();
    if message.contains("recursion") {
        return Problem::new(at, "the expression is nested too deep", "fewer brackets inside each other");
    }
    let expected = match message.split_once(" expecting ") {
        Some((_, expected)) if expected.contains("EOF") => "an operator, or the end of the expression".to_owned(),
        Some((_, "expression")) => "an expression".to_owned(),
        Some((_, expected)) => format!("`{}`", expected.trim_matches('\'')),
        None => match message.strip_prefix("expected ") {
            Some("expression") => "an expression".to_owned(),
            Some(expected) => expected.split(" in ").next().unwrap_or(expected).replace('\'', "`"),
            None if message.contains("reserved identifier") => "a name that the language does not reserve".to_owned(),
            None if message.contains("has() macro") => "a field, such as `has(self.name)`".to_owned(),
            None if message.contains("simple name") => "a simple name for the variable, such as `item`".to_owned(),
            None => "an expression".to_owned(),
        },
    };
    Problem::new(at, format!("the expression cannot be read {found}"), expected)
}
