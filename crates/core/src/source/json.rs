//! JSON and JSONC. The tokens come from `jsonc-parser`, its leniencies switched off; what it still accepts beyond
//! RFC 8259 (blanks such as U+00A0, control characters in strings) is refused here. The differential test below
//! holds the result against `serde_json`.
//!
//! A parser of tokens rather than the crate's own tree, because the tree stops at the first fault and says little
//! about it, and because it would have to be walked once more to find duplicate keys.

mod faults;

use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::tokens::Token;
use jsonc_parser::{ParseStringErrorKind, Scanner, ScannerOptions};

use super::bytes::BYTE_ORDER_MARK;
use super::checks::{
    comment_in_json, control_character, duplicate_key, limit_exceeded, syntax_error, trailing_comma,
    unrepresentable_number,
};
use super::path::Path;
use super::tree::without_duplicates;
use super::{Format, Limits, Member, Node, Value, number};
use crate::finding::{Draft, Edit, Place, Safety};
use crate::pointer::Pointer;

/// Faults that leave the structure clear are reported and passed over, up to this many: a file that is something
/// else altogether should not fill the screen.
const MOST_FAULTS: usize = 20;

pub(super) fn parse(text: &str, format: Format, limits: &Limits, drafts: &mut Vec<Draft>) -> Option<Node> {
    let base = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let body = text.get(base..)?;
    let options = ScannerOptions {
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let mut reader = Reader {
        scanner: Scanner::new(body, &options),
        text: body,
        base,
        commented: format == Format::Jsonc,
        limits,
        nodes: 0,
        path: Path::default(),
        end: 0,
        comment_seen: false,
        drafts,
    };
    reader.document().ok()
}

/// The draft is written; nothing sensible can follow.
struct Stop;

/// A token, or the end of the text, with its byte range in the body.
struct Lexeme<'a> {
    token: Option<Token<'a>>,
    start: usize,
    end: usize,
}

struct Reader<'a, 'd> {
    scanner: Scanner<'a>,
    /// The text without its byte order mark; positions inside the reader count from here.
    text: &'a str,
    /// What has to be added to a position in `text` to get one in the file.
    base: usize,
    commented: bool,
    limits: &'d Limits,
    nodes: usize,
    path: Path<'a>,
    /// Where the last token or comment ended.
    end: usize,
    comment_seen: bool,
    drafts: &'d mut Vec<Draft>,
}

impl<'a> Reader<'a, '_> {
    fn document(&mut self) -> Result<Node, Stop> {
        let first = self.next()?;
        let root = self.value(first)?;
        let after = self.next()?;
        if after.token.is_none() {
            return Ok(root);
        }
        let number_after_number = root.end == after.start + self.base && matches!(after.token, Some(Token::Number(_)));
        if number_after_number && matches!(root.value, Value::Number(_)) {
            return Err(self.leading_zero(&after));
        }
        let mut draft = self.error(&after, "more text follows the end of the document", "the end of the file");
        if matches!(after.token, Some(Token::OpenBrace | Token::OpenBracket)) {
            draft = draft.help("name a file with one document per line `.ndjson`");
        }
        Err(self.stop(draft))
    }

    fn value(&mut self, lexeme: Lexeme<'a>) -> Result<Node, Stop> {
        self.nodes += 1;
        if self.nodes > self.limits.nodes {
            let place = self.place(lexeme.start, lexeme.end);
            let draft = limit_exceeded::draft(limit_exceeded::Limit::Nodes, self.limits.nodes, self.pointer(), place);
            return Err(self.stop(draft));
        }
        let start = lexeme.start;
        let value = match lexeme.token {
            Some(Token::Null) => Value::Null,
            Some(Token::Boolean(value)) => Value::Bool(value),
            Some(Token::String(text)) => Value::String(text.into_owned()),
            Some(Token::Number(text)) => self.number(text, &lexeme)?,
            Some(Token::OpenBracket) => self.array(&lexeme)?,
            Some(Token::OpenBrace) => self.object(&lexeme)?,
            _ => return Err(self.no_value(&lexeme)),
        };
        Ok(Node { value, start: start + self.base, end: self.end + self.base })
    }

    fn number(&mut self, text: &str, lexeme: &Lexeme<'a>) -> Result<Value, Stop> {
        if text.len() > self.limits.digits {
            let place = self.place(lexeme.start, lexeme.end);
            let draft = limit_exceeded::draft(limit_exceeded::Limit::Digits, self.limits.digits, self.pointer(), place);
            return Err(self.stop(draft));
        }
        if number::is_finite(text) {
            return Ok(Value::Number(text.to_owned()));
        }
        let draft = unrepresentable_number::draft(self.pointer(), lexeme.start + self.base, lexeme.end + self.base);
        Err(self.stop(draft))
    }

    fn enter(&mut self, open: &Lexeme<'a>) -> Result<(), Stop> {
        if self.path.depth() < self.limits.nesting() {
            return Ok(());
        }
        let place = self.place(open.start, open.end);
        let draft = limit_exceeded::draft(limit_exceeded::Limit::Depth, self.limits.nesting(), self.pointer(), place);
        Err(self.stop(draft))
    }

    fn array(&mut self, open: &Lexeme<'a>) -> Result<Value, Stop> {
        self.enter(open)?;
        let mut items = Vec::new();
        let mut lexeme = self.next()?;
        while lexeme.token != Some(Token::CloseBracket) {
            self.inside(&lexeme, open, "]")?;
            self.path.enter_item(items.len());
            items.push(self.value(lexeme)?);
            self.path.leave();
            lexeme = self.next()?;
            match lexeme.token {
                Some(Token::Comma) => lexeme = self.after_comma(&lexeme)?,
                Some(Token::CloseBracket) => {}
                _ => self.missing_comma(&lexeme, open, "]", items.last())?,
            }
        }
        Ok(Value::Array(items))
    }

    fn object(&mut self, open: &Lexeme<'a>) -> Result<Value, Stop> {
        self.enter(open)?;
        let mut members: Vec<Member> = Vec::new();
        let mut lexeme = self.next()?;
        while lexeme.token != Some(Token::CloseBrace) {
            self.inside(&lexeme, open, "}")?;
            let Some(Token::String(key)) = lexeme.token else {
                return Err(self.no_key(&lexeme));
            };
            let (key_start, key_end) = (lexeme.start + self.base, lexeme.end + self.base);
            self.path.enter_key(key.clone());
            let colon = self.next()?;
            if colon.token != Some(Token::Colon) {
                let draft = self.error(&colon, "a key is not followed by `:`", "`:` and a value");
                return Err(self.stop(draft));
            }
            let first = self.next()?;
            let node = self.value(first)?;
            self.path.leave();
            members.push(Member { key: key.into_owned(), key_start, key_end, node });
            lexeme = self.next()?;
            match lexeme.token {
                Some(Token::Comma) => lexeme = self.after_comma(&lexeme)?,
                Some(Token::CloseBrace) => {}
                _ => self.missing_comma(&lexeme, open, "}", members.last().map(|member| &member.node))?,
            }
        }
        let (members, duplicates) = without_duplicates(members);
        for duplicate in duplicates {
            let instance = self.pointer().child(&duplicate.key);
            self.drafts.push(duplicate_key::draft(instance, duplicate.first, duplicate.second));
        }
        Ok(Value::Object(members))
    }

    /// The lexeme after a comma. A closing bracket there is a fault in strict JSON.
    fn after_comma(&mut self, comma: &Lexeme<'a>) -> Result<Lexeme<'a>, Stop> {
        let next = self.next()?;
        if matches!(next.token, Some(Token::CloseBrace | Token::CloseBracket)) && !self.commented {
            let draft = trailing_comma::draft(self.pointer(), comma.start + self.base);
            self.fault(draft)?;
        }
        Ok(next)
    }

    /// Stops when the text or the wrong bracket ends an array or object.
    fn inside(&mut self, lexeme: &Lexeme<'a>, open: &Lexeme<'a>, close: &str) -> Result<(), Stop> {
        let message = match lexeme.token {
            None => format!("the text ends before `{close}`"),
            Some(Token::CloseBrace) => format!("`}}` stands where `{close}` has to close first"),
            Some(Token::CloseBracket) => format!("`]` stands where `{close}` has to close first"),
            _ => return Ok(()),
        };
        let place = self.place(open.start, open.end);
        let draft = self.error(lexeme, message, format!("`{close}`")).related("opened here", place);
        Err(self.stop(draft))
    }

    /// Reports a missing comma. Returns when the next entry clearly starts at `lexeme`.
    fn missing_comma(
        &mut self,
        lexeme: &Lexeme<'a>,
        open: &Lexeme<'a>,
        close: &str,
        before: Option<&Node>,
    ) -> Result<(), Stop> {
        self.inside(lexeme, open, close)?;
        let end = before.map_or(lexeme.start, |node| node.end - self.base);
        let after_number = before.is_some_and(|node| matches!(node.value, Value::Number(_)));
        if end == lexeme.start && after_number && matches!(lexeme.token, Some(Token::Number(_))) {
            return Err(self.leading_zero(lexeme));
        }
        let starts = matches!(lexeme.token, Some(Token::String(_)))
            || close == "]" && matches!(lexeme.token, Some(Token::OpenBrace | Token::OpenBracket));
        let mut draft = self.error(lexeme, "a comma is missing", format!("`,` or `{close}`"));
        if !starts || end == lexeme.start {
            return Err(self.stop(draft));
        }
        let at = end + self.base;
        draft = draft
            .help("put a comma after the entry before")
            .fix(Safety::Safe, vec![Edit { start: at, end: at, text: ",".to_owned() }]);
        self.fault(draft)
    }

    fn leading_zero(&mut self, lexeme: &Lexeme<'a>) -> Stop {
        let draft = self.error(lexeme, "a number starts with a superfluous zero", "a number without leading zeros");
        self.stop(draft)
    }

    fn no_value(&mut self, lexeme: &Lexeme<'a>) -> Stop {
        let message = match &lexeme.token {
            None => "the text ends where a value should stand".to_owned(),
            Some(Token::Word(word)) => {
                let (message, known) = faults::bare_word(word);
                let mut draft =
                    self.error(lexeme, message, "a value: `\"…\"`, a number, `true`, `false`, `null`, `[` or `{`");
                if let Some(known) = known {
                    draft = draft.help(format!("write `{known}`")).fix(
                        Safety::Unsafe,
                        vec![Edit {
                            start: lexeme.start + self.base,
                            end: lexeme.end + self.base,
                            text: known.to_owned(),
                        }],
                    );
                }
                return self.stop(draft);
            }
            Some(token) => format!("`{}` stands where a value should stand", token.as_str()),
        };
        let draft = self.error(lexeme, message, "a value");
        self.stop(draft)
    }

    fn no_key(&mut self, lexeme: &Lexeme<'a>) -> Stop {
        let message = match &lexeme.token {
            Some(Token::Comma) => "a comma stands where a key should stand",
            Some(Token::Word(_)) => "a key stands without quotes",
            _ => "something other than a key stands in an object",
        };
        let mut draft = self.error(lexeme, message, "a key in double quotes");
        if let Some(Token::Word(word)) = lexeme.token {
            draft = draft.help("put the key in double quotes").fix(
                Safety::Safe,
                vec![Edit {
                    start: lexeme.start + self.base,
                    end: lexeme.end + self.base,
                    text: super::tree::json_string(word),
                }],
            );
        }
        self.stop(draft)
    }

    /// The next token that is no comment.
    fn next(&mut self) -> Result<Lexeme<'a>, Stop> {
        loop {
            let scanned = self.scanner.scan();
            let (start, end) = (self.scanner.token_start(), self.scanner.token_end());
            self.blanks(self.end, start)?;
            let token = match scanned {
                Ok(token) => token,
                // A word is a token for the scanner only before `:` and blanks. Nothing is read after a word.
                Err(_) if !self.word(start).is_empty() => {
                    let word = self.word(start);
                    return Ok(Lexeme { token: Some(Token::Word(word)), start, end: start + word.len() });
                }
                Err(error) => {
                    let draft = self.scan_error(error.kind(), error.range().start, error.range().end);
                    return Err(self.stop(draft));
                }
            };
            self.end = end;
            match token {
                Some(Token::CommentLine(_) | Token::CommentBlock(_)) => {
                    if !self.commented && !self.comment_seen {
                        self.comment_seen = true;
                        let draft = comment_in_json::draft(self.pointer(), start + self.base, end + self.base);
                        self.fault(draft)?;
                    }
                }
                Some(Token::String(text)) => {
                    self.string(start, end)?;
                    return Ok(Lexeme { token: Some(Token::String(text)), start, end });
                }
                token => return Ok(Lexeme { token, start, end }),
            }
        }
    }

    /// The word that starts at a place; empty when none does.
    fn word(&self, start: usize) -> &'a str {
        let rest = self.text.get(start..).unwrap_or_default();
        let end = rest.find(|next: char| !next.is_alphanumeric() && !matches!(next, '_' | '$' | '-'));
        let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        if word.starts_with(|first: char| first.is_alphabetic() || matches!(first, '_' | '$')) { word } else { "" }
    }

    /// RFC 8259 section 2 knows four blanks; the scanner passes over more.
    fn blanks(&mut self, from: usize, to: usize) -> Result<(), Stop> {
        let between = self.text.get(from..to).unwrap_or_default();
        if between.bytes().all(|blank| matches!(blank, b' ' | b'\t' | b'\n' | b'\r')) {
            return Ok(());
        }
        let strange = between.char_indices().find(|(_, blank)| !matches!(blank, ' ' | '\t' | '\n' | '\r'));
        let Some((offset, blank)) = strange else { return Ok(()) };
        let (start, end) = (from + offset + self.base, from + offset + blank.len_utf8() + self.base);
        let message = format!("the blank U+{:04X} stands between values", u32::from(blank));
        let draft = syntax_error::draft(self.pointer(), start, end, message, "a plain space")
            .fix(Safety::Safe, vec![Edit { start, end, text: " ".to_owned() }]);
        Err(self.stop(draft))
    }

    /// RFC 8259 section 7: control characters are escaped; the scanner lets them pass.
    fn string(&mut self, start: usize, end: usize) -> Result<(), Stop> {
        let token = self.text.get(start..end).unwrap_or_default();
        if token.bytes().all(|byte| byte >= b' ') {
            return Ok(());
        }
        if token.bytes().any(|byte| byte < b' ' && byte != b'\t') {
            let draft = self.unclosed_string(start);
            return Err(self.stop(draft));
        }
        let tabs: Vec<usize> = token.match_indices('\t').map(|(at, _)| start + at + self.base).collect();
        match control_character::tabs(self.pointer(), &tabs) {
            Some(draft) => self.fault(draft),
            None => Ok(()),
        }
    }

    fn unclosed_string(&self, start: usize) -> Draft {
        let line = self.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let (start, end) = (start + self.base, start + line.len() + self.base);
        syntax_error::draft(
            self.pointer(),
            start,
            end,
            "a string is not closed on the line where it starts",
            "`\"` at the end of the string",
        )
        .help("close the string, or write a line end inside it as `\\n`")
    }

    fn scan_error(&self, kind: &ParseErrorKind, start: usize, end: usize) -> Draft {
        if matches!(kind, ParseErrorKind::String(ParseStringErrorKind::UnterminatedStringLiteral)) {
            return self.unclosed_string(self.scanner.token_start());
        }
        let (message, expected) = faults::words(kind);
        // The scanner has read on by then; the half of the pair is one escape.
        let half = matches!(kind, ParseErrorKind::String(ParseStringErrorKind::InvalidUnicodeEscapeSequence(_)));
        let end = if half { end.min(start + r"\u0000".len()) } else { end };
        syntax_error::draft(self.pointer(), start + self.base, end.max(start) + self.base, message, expected)
    }

    fn error(&self, lexeme: &Lexeme<'a>, message: impl Into<String>, expected: impl Into<String>) -> Draft {
        syntax_error::draft(self.pointer(), lexeme.start + self.base, lexeme.end + self.base, message, expected)
    }

    fn stop(&mut self, draft: Draft) -> Stop {
        self.drafts.push(draft);
        Stop
    }

    /// Reports a fault that parsing can go on after, unless there were too many.
    fn fault(&mut self, draft: Draft) -> Result<(), Stop> {
        self.drafts.push(draft);
        if self.drafts.len() < MOST_FAULTS { Ok(()) } else { Err(Stop) }
    }

    fn place(&self, start: usize, end: usize) -> Place {
        Place::Bytes(start + self.base, end + self.base)
    }

    fn pointer(&self) -> Pointer {
        self.path.pointer()
    }
}
