//! Changing a document place by place, as forms do: what is not changed keeps its layout, its comments and its digits.
//!
//! Changes are a JSON Patch (RFC 6902).

use crate::call::{EditAnswer, EditCall, Operation, Patch};
use crate::layout;
use crate::location::{Context, Locator};
use crate::pointer::Pointer;
use crate::report::DocumentReport;
use crate::source::{self, Limits, Member, Node, Value};

/// Changes a document.
///
/// ```
/// use setpoint_core::call::EditCall;
/// use setpoint_core::edit::edit;
///
/// let call = r#"{"file":"eu.yaml","format":"yaml","patch":[{"op":"replace","path":"/port","value":443}]}"#;
/// let call: EditCall = serde_json::from_str(call)?;
/// let answer = edit(&call, b"# ours\nport: 80   # plain\n")?;
/// assert_eq!(answer.text.as_deref(), Some("# ours\nport: 443   # plain\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A sentence, when a change cannot be made: nothing stands at its place, or it lacks a part. What is wrong with the text is part of the
/// answer.
pub fn edit(call: &EditCall, text: &[u8]) -> Result<EditAnswer, String> {
    let parsed = source::parse(text, call.format, &Limits::default());
    let findings = Locator::new(text, parsed.root.as_ref()).finish(parsed.drafts, &Context::default());
    let report = DocumentReport::of(&call.file, None, None, findings);
    let Some(old) = parsed.root else { return Ok(EditAnswer { text: None, report }) };
    let mut new = old.clone();
    for (index, operation) in call.patch.iter().enumerate() {
        let said = |what: String| format!("change {index} cannot be made: {what}");
        perform(&mut new, operation).map_err(said)?;
    }
    let text = layout::rewrite(text, call.format, &old, &new)
        .ok_or_else(|| "its format cannot hold what the document would be".to_owned())?;
    Ok(EditAnswer { text: Some(text), report })
}

fn perform(root: &mut Node, operation: &Operation) -> Result<(), String> {
    let Operation { op, path, from, value } = operation;
    let value = || value.clone().ok_or_else(|| "it has no `value`".to_owned());
    let from = || from.clone().ok_or_else(|| "it has no `from`".to_owned());
    match op {
        Patch::Add => put(root, path, (None, value()?)),
        Patch::Remove => take(root, path).map(|_| ()),
        Patch::Replace => {
            *at(root, path)? = value()?;
            Ok(())
        }
        Patch::Move => {
            let from = from()?;
            if path.is_within(&from) && *path != from {
                return Err(format!("`{from}` cannot be moved into itself"));
            }
            let taken = take(root, &from)?;
            put(root, path, taken)
        }
        Patch::Copy => {
            let mut copy = at(root, &from()?)?.clone();
            // The place is that of the other one.
            copy.forget_places();
            put(root, path, (None, copy))
        }
        Patch::Test => {
            let expected = value()?;
            let is_so = at(root, path)?.same_in_any_order(&expected);
            if is_so { Ok(()) } else { Err(format!("`{path}` is not {}", expected.to_json_text())) }
        }
    }
}

fn nothing(path: &Pointer) -> String {
    format!("nothing stands at `{path}`")
}

fn at<'n>(root: &'n mut Node, path: &Pointer) -> Result<&'n mut Node, String> {
    path.tokens().try_fold(root, |node, token| child(node, &token)).ok_or_else(|| nothing(path))
}

fn child<'n>(node: &'n mut Node, token: &str) -> Option<&'n mut Node> {
    match &mut node.value {
        Value::Array(items) => {
            let length = items.len();
            items.get_mut(index(token, length)?)
        }
        Value::Object(members) => members.iter_mut().find(|member| member.key == *token).map(|member| &mut member.node),
        _ => None,
    }
}

/// The index that a token names, at most `most`. RFC 6901 section 4: digits without a leading zero.
fn index(token: &str, most: usize) -> Option<usize> {
    let is_canonical = token == "0" || token.starts_with(|first: char| matches!(first, '1'..='9'));
    token.parse().ok().filter(|index| is_canonical && *index <= most)
}

/// A value, and the member that it was.
type Taken = (Option<Member>, Node);

fn take(root: &mut Node, path: &Pointer) -> Result<Taken, String> {
    let (Some(parent), Some(token)) = (path.parent(), path.last()) else {
        return Err("the document itself cannot be removed".to_owned());
    };
    match &mut at(root, &parent)?.value {
        Value::Array(items) => {
            let place = index(&token, items.len()).filter(|place| *place < items.len()).ok_or_else(|| nothing(path))?;
            Ok((None, items.remove(place)))
        }
        Value::Object(members) => {
            let place = members.iter().position(|member| member.key == token).ok_or_else(|| nothing(path))?;
            let member = members.remove(place);
            let node = member.node.clone();
            Ok((Some(member), node))
        }
        _ => Err(nothing(path)),
    }
}

fn put(root: &mut Node, path: &Pointer, (was, node): Taken) -> Result<(), String> {
    let (Some(parent), Some(token)) = (path.parent(), path.last()) else {
        *root = node;
        return Ok(());
    };
    match &mut at(root, &parent)?.value {
        Value::Array(items) => {
            let place = if token == "-" { Some(items.len()) } else { index(&token, items.len()) };
            items.insert(place.ok_or_else(|| nothing(path))?, node);
        }
        Value::Object(members) => match members.iter_mut().find(|member| member.key == token) {
            Some(member) => member.node = node,
            None => {
                // What is moved and keeps its key stays as its author wrote it.
                let places = was.filter(|was| was.key == token).map_or((0, 0), |was| (was.key_start, was.key_end));
                members.push(Member { key: token, key_start: places.0, key_end: places.1, node });
            }
        },
        _ => return Err(format!("`{parent}` has no members")),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn edited(file: &str, text: &str, patch: &str) -> Result<EditAnswer, String> {
        let format = file.rsplit('.').next().unwrap();
        let call = format!(r#"{{"file":"{file}","format":"{format}","patch":{patch}}}"#);
        edit(&serde_json::from_str(&call).unwrap(), text.as_bytes())
    }

    #[test]
    fn each_change_leaves_the_rest_as_it_is_written() {
        let yaml = "# ours\nport: 0x50   # plain\nhosts:\n  - eu   # first\n  - us\nbig: 12345678901234567890.10\n";
        for (patch, expected) in [
            (r#"[{"op":"replace","path":"/port","value":443}]"#, yaml.replace("0x50", "443")),
            (r#"[{"op":"remove","path":"/hosts/1"}]"#, yaml.replace("  - us\n", "")),
            (r#"[{"op":"add","path":"/hosts/-","value":"ap"}]"#, yaml.replace("- us\n", "- us\n  - ap\n")),
            (r#"[{"op":"add","path":"/hosts/1","value":"ap"}]"#, yaml.replace("  - us\n", "  - ap\n  - us\n")),
            (
                r#"[{"op":"move","from":"/hosts/1","path":"/hosts/0"}]"#,
                yaml.replace("  - eu   # first\n  - us\n", "  - us\n  - eu   # first\n"),
            ),
            (r#"[{"op":"copy","from":"/hosts/0","path":"/hosts/-"}]"#, yaml.replace("- us\n", "- us\n  - eu\n")),
            (r#"[{"op":"add","path":"/tls","value":{"mode":true}}]"#, format!("{yaml}tls:\n  mode: true\n")),
            (
                r#"[{"op":"test","path":"/port","value":80},{"op":"remove","path":"/hosts"}]"#,
                "# ours\nport: 0x50   # plain\n# first\nbig: 12345678901234567890.10\n".to_owned(),
            ),
            (r#"[{"op":"replace","path":"/port","value":null}]"#, yaml.replace("0x50", "null")),
            ("[]", yaml.to_owned()),
        ] {
            let answer = edited("a.yaml", yaml, patch).unwrap();
            assert_eq!(answer.text.as_deref(), Some(expected.as_str()), "{patch}");
        }
    }

    #[test]
    fn what_is_made_empty_and_filled_then_looks_like_the_rest() {
        let text = "hosts:\n  - to: eu   # first\ntls: {}   # none yet\nhere: {a: 1}\n";
        for (patch, expected) in [
            (
                r#"[{"op":"add","path":"/hosts/-","value":{}},{"op":"add","path":"/hosts/1/to","value":"us"}]"#,
                text.replace("# first\n", "# first\n  - to: us\n"),
            ),
            (
                r#"[{"op":"add","path":"/tls/mode","value":1}]"#,
                text.replace("tls: {}   # none yet\n", "tls: # none yet\n  mode: 1\n"),
            ),
            (r#"[{"op":"add","path":"/here/b","value":2}]"#, text.replace("{a: 1}", "{a: 1, b: 2}")),
        ] {
            let mut now = text.to_owned();
            // One after the other, as a form does it.
            let changes: Vec<serde_json::Value> = serde_json::from_str(patch).unwrap();
            for change in changes {
                now = edited("a.yaml", &now, &format!("[{change}]")).unwrap().text.unwrap();
            }
            assert_eq!(now, expected, "{patch}");
        }
    }

    #[test]
    fn what_is_written_once_for_several_places_changes_where_it_was_changed() {
        let text = "# all of them\nbase: &base   # ours\n  timeout: 1   # s\n  retries: 2\neu: *base   # as it is\nus: *base\n\
                    other: &port 80   # a port\nlast: *port\nlist: [*port, 1]\n";
        let apart = "eu: # as it is\n  timeout: 1\n  retries: 2\nus:\n  timeout: 1\n  retries: 2\n";
        for (patch, expected) in [
            // What is an alias becomes what it was, and keeps what is written beside it; the others stay.
            (
                r#"[{"op":"replace","path":"/base/timeout","value":5}]"#,
                text.replace("timeout: 1", "timeout: 5").replace("eu: *base   # as it is\nus: *base\n", apart),
            ),
            (
                r#"[{"op":"replace","path":"/us/timeout","value":5}]"#,
                text.replace("us: *base\n", "us:\n  timeout: 5   # s\n  retries: 2\n"),
            ),
            (
                r#"[{"op":"replace","path":"/other","value":81}]"#,
                text.replace("&port 80", "&port 81").replace("*port", "80"),
            ),
            (r#"[{"op":"remove","path":"/us"}]"#, text.replace("us: *base\n", "")),
        ] {
            let answer = edited("a.yaml", text, patch).unwrap();
            assert_eq!(answer.text.as_deref(), Some(expected.as_str()), "{patch}");
        }
    }

    #[test]
    fn every_format_keeps_its_comments() {
        for (file, text, expected) in [
            ("a.json", "{\n  \"a\": 1,\n  \"b\": 2\n}\n", "{\n  \"a\": 9,\n  \"b\": 2\n}\n"),
            ("a.jsonc", "{\n  \"a\": 1, // one\n  \"b\": 2\n}\n", "{\n  \"a\": 9, // one\n  \"b\": 2\n}\n"),
            ("a.toml", "# ours\na = 1 # one\nb = 2\n", "# ours\na = 9 # one\nb = 2\n"),
        ] {
            let answer = edited(file, text, r#"[{"op":"replace","path":"/a","value":9}]"#).unwrap();
            assert_eq!(answer.text.as_deref(), Some(expected), "{file}");
        }
    }

    #[test]
    fn what_cannot_be_changed_says_why() {
        for (patch, expected) in [
            (r#"[{"op":"replace","path":"/no","value":1}]"#, "change 0 cannot be made: nothing stands at `/no`"),
            (r#"[{"op":"remove","path":"/a/0"}]"#, "change 0 cannot be made: nothing stands at `/a/0`"),
            (r#"[{"op":"remove","path":""}]"#, "change 0 cannot be made: the document itself cannot be removed"),
            (r#"[{"op":"add","path":"/l/01","value":1}]"#, "change 0 cannot be made: nothing stands at `/l/01`"),
            (r#"[{"op":"add","path":"/l/2","value":1}]"#, "change 0 cannot be made: nothing stands at `/l/2`"),
            (r#"[{"op":"add","path":"/a/b","value":1}]"#, "change 0 cannot be made: `/a` has no members"),
            (r#"[{"op":"add","path":"/x"}]"#, "change 0 cannot be made: it has no `value`"),
            (r#"[{"op":"copy","path":"/x"}]"#, "change 0 cannot be made: it has no `from`"),
            (r#"[{"op":"test","path":"/a","value":2}]"#, "change 0 cannot be made: `/a` is not 2"),
            (
                r#"[{"op":"move","from":"/l","path":"/l/0"}]"#,
                "change 0 cannot be made: `/l` cannot be moved into itself",
            ),
        ] {
            assert_eq!(edited("a.json", r#"{"a":1,"l":[1]}"#, patch).unwrap_err(), expected);
        }
        let answer = edited("a.json", "{", "[]").unwrap();
        assert_eq!((answer.text, answer.report.findings.len()), (None, 1));
        let refused = edited("a.toml", "a = 1\n", r#"[{"op":"replace","path":"/a","value":null}]"#).unwrap_err();
        assert_eq!(refused, "its format cannot hold what the document would be");
    }
}
