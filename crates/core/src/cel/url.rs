//! URLs as Go's `url.ParseRequestURI` takes them apart: an absolute URL, or an absolute path.

/// A URL that was taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// The scheme in lower case; empty for a path.
    pub scheme: String,
    /// Host and port as written.
    pub host: String,
    /// The path, percent-encoded.
    pub path: String,
    /// Names and values of the query, decoded, in the order of the text.
    pub query: Vec<(String, String)>,
}

impl Url {
    /// Takes a text apart; `None` when it is not a URL.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || text.bytes().any(|byte| byte < b' ' || byte == 0x7F) {
            return None;
        }
        let (scheme, rest) = match scheme(text) {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
            None => (String::new(), text),
        };
        if scheme.is_empty() && !rest.starts_with('/') {
            return None;
        }
        let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
        let (host, path) = match rest.strip_prefix("//").filter(|_| !scheme.is_empty()) {
            Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
            None => ("", rest),
        };
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        if !is_host(host) {
            return None;
        }
        let query = query.into_iter().flat_map(|query| query.split('&')).filter(|part| !part.is_empty());
        let query = query.filter_map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Some((decoded(name, true)?, decoded(value, true)?))
        });
        decoded(path, false)?;
        Some(Self { scheme, host: host.to_owned(), path: escaped(path), query: query.collect() })
    }

    /// The host without its port and without the brackets of an IPv6 address.
    pub fn hostname(&self) -> &str {
        let host = match self.host.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => host,
            _ => &self.host,
        };
        host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
    }

    /// The port, or nothing.
    pub fn port(&self) -> &str {
        match self.host.rsplit_once(':') {
            Some((_, port)) if !port.contains(']') => port,
            _ => "",
        }
    }
}

impl std::fmt::Display for Url {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.scheme.is_empty() {
            write!(formatter, "{}:", self.scheme)?;
        }
        if !self.host.is_empty() {
            write!(formatter, "//{}", self.host)?;
        }
        formatter.write_str(&self.path)?;
        for (index, (name, value)) in self.query.iter().enumerate() {
            write!(formatter, "{}{name}={value}", if index == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

fn scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let mut bytes = scheme.bytes();
    let first = bytes.next()?.is_ascii_alphabetic();
    (first && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))).then_some((scheme, rest))
}

fn is_host(host: &str) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, port),
        _ => (host, ""),
    };
    let bracketed = name.starts_with('[');
    let inside = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    let named = match inside {
        Some(address) => address.split('%').next().is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok()),
        None => !bracketed && !name.contains([':', ' ', '"', '<', '>', '\\', '^', '`', '{', '|', '}']),
    };
    named && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// Percent-decoded; `None` when a percent sign escapes nothing.
fn decoded(text: &str, plus_is_space: bool) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            b'+' if plus_is_space => b' ',
            byte => byte,
        });
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// A path with everything escaped that has to be.
fn escaped(path: &str) -> String {
    path.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@!'()*%[]".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        text
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn urls_are_taken_apart() {
        let url = Url::parse("https://example.com:80/path with spaces?k=a&k=b%20c").unwrap();
        assert_eq!((url.scheme.as_str(), url.host.as_str()), ("https", "example.com:80"));
        assert_eq!((url.hostname(), url.port(), url.path.as_str()), ("example.com", "80", "/path%20with%20spaces"));
        assert_eq!(url.query, [("k".to_owned(), "a".to_owned()), ("k".to_owned(), "b c".to_owned())]);
        let url = Url::parse("http://[2001:db8::1]:8080/").unwrap();
        assert_eq!((url.hostname(), url.port()), ("2001:db8::1", "8080"));
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for text in ["", "relative/path", "../up", "https://a:b/", "https://[::1", "http://exa mple.com/", "/a%2"] {
            assert_eq!(Url::parse(text), None, "{text}");
        }
        for text in ["/absolute/path", "https://example.com", "mailto:someone", "http://user:secret@host/"] {
            assert!(Url::parse(text).is_some(), "{text}");
        }
    }
}
