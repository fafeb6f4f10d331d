//! File names as relative references (RFC 3986).

use std::fmt::Write as _;

/// The file name as a URI: relative to the repository, or `file:` for an absolute one.
pub(super) fn relative_uri(file: &str) -> String {
    let absolute = if file.starts_with('/') { "file://" } else { "" };
    let mut uri = absolute.to_owned();
    for byte in file.strip_prefix("./").unwrap_or(file).bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            // Writing to a string cannot fail.
            other => _ = write!(uri, "%{other:02X}"),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_special_in_addresses_is_encoded() {
        assert_eq!(relative_uri("./config/a b%.yaml"), "config/a%20b%25.yaml");
        assert_eq!(relative_uri("C:é#?.json"), "C%3A%C3%A9%23%3F.json");
        assert_eq!(relative_uri("/etc/x.toml"), "file:///etc/x.toml");
        assert_eq!(relative_uri("../x.toml"), "../x.toml");
    }
}
