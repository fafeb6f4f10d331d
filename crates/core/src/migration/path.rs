//! Paths of a migration: JSON Pointers in which `*` stands for one level and `**` for any number of them.

use std::fmt;

use crate::pointer::Pointer;

/// One part of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A key, or the index of an item.
    Key(String),
    /// `*`: every key and every item.
    Each,
    /// `**`: the place itself and everything inside it.
    Deep,
}

/// Places inside a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(Vec<Token>);

impl Path {
    /// Takes a path in text form.
    ///
    /// # Errors
    /// Returns the text back when it is no JSON Pointer.
    pub fn parse(text: &str) -> Result<Self, &str> {
        let token = |token: String| match token.as_str() {
            "*" => Token::Each,
            "**" => Token::Deep,
            _ => Token::Key(token),
        };
        Ok(Self(Pointer::parse(text)?.tokens().map(token).collect()))
    }

    /// The parts.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.0
    }

    /// The text form as a pointer, for messages.
    #[must_use]
    pub fn to_pointer(&self) -> Pointer {
        self.0.iter().fold(Pointer::root(), |pointer, token| match token {
            Token::Key(key) => pointer.child(key),
            Token::Each => pointer.child("*"),
            Token::Deep => pointer.child("**"),
        })
    }

    /// The path that goes on from here.
    #[must_use]
    pub fn then(&self, inside: &Pointer) -> Self {
        let more = inside.tokens().map(Token::Key);
        Self(self.0.iter().cloned().chain(more).collect())
    }

    /// The path that goes on from here.
    #[must_use]
    pub fn then_path(&self, inside: &Self) -> Self {
        Self(self.0.iter().chain(&inside.0).cloned().collect())
    }

    /// The path to everything right inside.
    #[must_use]
    pub fn each(&self) -> Self {
        Self(self.0.iter().cloned().chain([Token::Each]).collect())
    }

    /// The path with another last part.
    #[must_use]
    pub fn with_last(&self, key: &str) -> Self {
        let (_, around) = self.0.split_last().unwrap_or((&Token::Each, &[]));
        Self(around.iter().cloned().chain([Token::Key(key.to_owned())]).collect())
    }

    /// The member of the whole value that the path leads into; `None` when that may be any of them.
    #[must_use]
    pub fn member(&self) -> Option<String> {
        match self.0.first()? {
            Token::Key(key) => Some(key.clone()),
            Token::Each | Token::Deep => None,
        }
    }

    /// Whether the path leads to a place inside another, or to the same.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// The same place inside `to` instead of inside `from`.
    #[must_use]
    pub fn moved(&self, from: &Self, to: &Self) -> Self {
        let inside = self.0.get(from.0.len()..).unwrap_or_default();
        Self(to.0.iter().chain(inside).cloned().collect())
    }

    /// The part up to the last wildcard, and the pointer from there.
    #[must_use]
    pub fn split(&self) -> (Self, Pointer) {
        let plain = self.0.iter().rev().take_while(|token| matches!(token, Token::Key(_))).count();
        let (around, inside) = self.0.split_at(self.0.len() - plain);
        let inside = inside.iter().fold(Pointer::root(), |pointer, token| match token {
            Token::Key(key) => pointer.child(key),
            Token::Each | Token::Deep => pointer,
        });
        (Self(around.to_vec()), inside)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_pointer().fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn a_path_is_split_at_its_last_wildcard() {
        for (text, around, inside) in
            [("/inputs/*/*/timeout", "/inputs/*/*", "/timeout"), ("/a/**", "/a/**", ""), ("/a/b", "", "/a/b")]
        {
            let split = Path::parse(text).map(|path| path.split());
            assert_eq!(
                split.map(|(around, at)| (around.to_string(), at.to_string())),
                Ok((around.into(), inside.into()))
            );
        }
        assert_eq!(Path::parse("a"), Err("a"));
    }
}
