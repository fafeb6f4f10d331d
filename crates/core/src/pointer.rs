//! JSON Pointers (RFC 6901): the address of a value inside a document.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A JSON Pointer, kept in its text form: empty for the whole document, otherwise `/`-separated tokens in
/// which `~` is written `~0` and `/` is written `~1`.
///
/// ```
/// use setpoint_core::pointer::Pointer;
///
/// let pointer = Pointer::root().child("a/b").item(2);
/// assert_eq!(pointer.as_str(), "/a~1b/2");
/// assert_eq!(pointer.tokens().collect::<Vec<_>>(), ["a/b", "2"]);
/// assert_eq!(pointer.parent().as_ref().map(Pointer::as_str), Some("/a~1b"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pointer(String);

impl Pointer {
    /// The pointer to the whole document.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// Takes a pointer that is already in text form.
    ///
    /// # Errors
    /// Returns the text back when it is neither empty nor starts with `/`, or holds a `~` that is not
    /// followed by `0` or `1`.
    pub fn parse(text: &str) -> Result<Self, &str> {
        let mut rest = text;
        while let Some((_, after)) = rest.split_once('~') {
            if !after.starts_with(['0', '1']) {
                return Err(text);
            }
            rest = after;
        }
        if text.is_empty() || text.starts_with('/') { Ok(Self(text.to_owned())) } else { Err(text) }
    }

    /// The pointer to the member `key` of the object at this pointer.
    #[must_use]
    pub fn child(&self, key: &str) -> Self {
        let mut text = String::with_capacity(self.0.len() + key.len() + 1);
        text.push_str(&self.0);
        text.push('/');
        for character in key.chars() {
            match character {
                '~' => text.push_str("~0"),
                '/' => text.push_str("~1"),
                other => text.push(other),
            }
        }
        Self(text)
    }

    /// The pointer to the item at `index` of the array at this pointer.
    #[must_use]
    pub fn item(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// The pointer to what `inside` names in the value at this pointer.
    #[must_use]
    pub fn join(&self, inside: &Self) -> Self {
        Self(format!("{}{}", self.0, inside.0))
    }

    /// The pointer to the enclosing value; `None` for the whole document.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(parent, _)| Self(parent.to_owned()))
    }

    /// The last token, unescaped; `None` for the whole document.
    #[must_use]
    pub fn last(&self) -> Option<String> {
        self.0.rsplit_once('/').map(|(_, last)| unescape(last))
    }

    /// The tokens from the outside in, unescaped.
    pub fn tokens(&self) -> impl DoubleEndedIterator<Item = String> + '_ {
        let mut tokens = self.0.split('/');
        tokens.next();
        tokens.map(unescape)
    }

    /// Whether `self` is `other` or lies inside it.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.strip_prefix(other.0.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilde_that_escapes_nothing_is_refused() {
        assert!(Pointer::parse("/a~2").is_err());
        assert!(Pointer::parse("/a~").is_err());
        assert!(Pointer::parse("a").is_err());
        assert!(Pointer::parse("/~01").is_ok());
    }

    #[test]
    fn within_stops_at_token_borders() {
        let http = Pointer::root().child("http");
        assert!(http.child("port").is_within(&http));
        assert!(!Pointer::root().child("https").is_within(&http));
        assert!(http.is_within(&Pointer::root()));
    }
}
