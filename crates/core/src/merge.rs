//! Three-way comparison: what two people made of one document, and what it is when both are right.
//!
//! Member by member, as `diff3` does it line by line: what only one of the two has changed is taken from them; what both have
//! changed in the same way is taken once; everything else is a conflict, and is taken from whoever asks. An array is one thing, unless
//! both have it with as many items as before: then it is compared item by item.

use crate::call::{MergeAnswer, MergeCall};
use crate::finding::Draft;
use crate::layout;
use crate::location::{Context, Locator};
use crate::pointer::Pointer;
use crate::report::DocumentReport;
use crate::source::{self, Limits, Member, Node, Value};

/// Compares three documents.
pub(crate) fn merge(call: &MergeCall, context: &Context<'_>, limits: &Limits) -> MergeAnswer {
    let read = |text: &str| source::parse(text.as_bytes(), call.format, limits);
    let (base, theirs, yours) = (call.base.as_deref().map(read), read(&call.theirs), read(&call.yours));
    let locator = Locator::new(call.yours.as_bytes(), yours.root.as_ref());
    let findings = locator.finish(yours.drafts, context);
    let report = DocumentReport::of(&call.file, context.settings, None, findings);
    let mut answer = MergeAnswer { report, ..MergeAnswer::default() };
    let (Some(mut theirs), Some(yours)) = (theirs.root, yours.root) else { return answer };
    // What stands in their text stands nowhere in yours.
    theirs.forget_places();
    let mut merge = Merge { answer: &mut answer };
    let base = base.and_then(|base| base.root);
    let merged = merge.member(base.as_ref(), Some(&theirs), Some(&yours), &Pointer::root());
    answer.merged = merged.and_then(|merged| layout::rewrite(call.yours.as_bytes(), call.format, &yours, &merged));
    answer
}

struct Merge<'m> {
    answer: &'m mut MergeAnswer,
}

impl Merge<'_> {
    /// What a place holds in the end; absent when nothing.
    fn member(
        &mut self,
        base: Option<&Node>,
        theirs: Option<&Node>,
        yours: Option<&Node>,
        at: &Pointer,
    ) -> Option<Node> {
        let is_same = |left: Option<&Node>, right: Option<&Node>| match (left, right) {
            (Some(left), Some(right)) => left.same_in_any_order(right),
            (left, right) => left.is_none() && right.is_none(),
        };
        let (they_kept, you_kept) = (is_same(base, theirs), is_same(base, yours));
        match (theirs.map(|node| &node.value), yours.map(|node| &node.value)) {
            _ if they_kept && you_kept => return yours.cloned(),
            (Some(Value::Object(their)), Some(Value::Object(your))) => {
                return Some(made(Value::Object(self.object(base, (their, your), at))));
            }
            (Some(Value::Array(their)), Some(Value::Array(your))) => {
                let former = base.and_then(items).filter(|items| items.len() == their.len());
                if let Some(former) = former.filter(|_| their.len() == your.len()) {
                    let items = former.iter().zip(their.iter().zip(your)).enumerate();
                    let merged = items.filter_map(|(index, (base, (their, your)))| {
                        self.member(Some(base), Some(their), Some(your), &at.item(index))
                    });
                    return Some(made(Value::Array(merged.collect())));
                }
            }
            _ => {}
        }
        if !they_kept {
            self.answer.theirs.push(at.clone());
        }
        if !you_kept {
            self.answer.yours.push(at.clone());
        }
        if you_kept {
            return theirs.cloned();
        }
        if !they_kept && !is_same(theirs, yours) {
            self.answer.conflicts.push(at.clone());
        }
        yours.cloned()
    }

    /// Members in the order that you have them; those that only they have come at the end.
    fn object(&mut self, base: Option<&Node>, (their, your): (&[Member], &[Member]), at: &Pointer) -> Vec<Member> {
        let find = |members: &[Member], key: &str| members.iter().position(|member| member.key == key);
        let get = |members: &'_ [Member], key: &str| find(members, key).and_then(|index| members.get(index)).cloned();
        let former = |key: &str| base.and_then(|base| base.member(key)).map(|member| &member.node);
        let mut keys: Vec<&str> = your.iter().map(|member| member.key.as_str()).collect();
        keys.extend(their.iter().map(|member| member.key.as_str()).filter(|key| find(your, key).is_none()));
        // What neither of them has any more.
        let gone = base.and_then(members).unwrap_or_default().iter().map(|member| member.key.as_str());
        let gone: Vec<&str> = gone.filter(|key| find(your, key).is_none() && find(their, key).is_none()).collect();
        keys.extend(gone);
        let mut merged = Vec::new();
        for key in keys {
            let (theirs, yours) = (get(their, key), get(your, key));
            let (theirs, yours) = (theirs.as_ref(), yours.as_ref());
            let node = self.member(
                former(key),
                theirs.map(|found| &found.node),
                yours.map(|found| &found.node),
                &at.child(key),
            );
            if let Some(node) = node {
                let place = yours.map_or((0, 0), |found| (found.key_start, found.key_end));
                merged.push(Member { key: key.to_owned(), key_start: place.0, key_end: place.1, node });
            }
        }
        merged
    }
}

fn items(node: &Node) -> Option<&[Node]> {
    match &node.value {
        Value::Array(items) => Some(items),
        _ => None,
    }
}

fn members(node: &Node) -> Option<&[Member]> {
    match &node.value {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

fn made(value: Value) -> Node {
    Node { value, start: 0, end: 0 }
}

/// A call about a family that is not there.
pub(crate) fn refused(call: &MergeCall, draft: Draft) -> MergeAnswer {
    let findings = Locator::new(call.yours.as_bytes(), None).finish(vec![draft], &Context::default());
    let report = DocumentReport::of(&call.file, call.settings.as_deref(), None, findings);
    MergeAnswer { report, ..MergeAnswer::default() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::source::Format;

    fn merged(format: Format, base: Option<&str>, theirs: &str, yours: &str) -> MergeAnswer {
        let call = MergeCall {
            file: "a".to_owned(),
            settings: None,
            format,
            base: base.map(str::to_owned),
            theirs: theirs.to_owned(),
            yours: yours.to_owned(),
        };
        merge(&call, &Context::default(), &Limits::default())
    }

    fn said(answer: &MergeAnswer) -> String {
        let list = |places: &[Pointer]| places.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        format!("{} | {} | {}", list(&answer.theirs), list(&answer.yours), list(&answer.conflicts))
    }

    #[test]
    fn what_one_has_changed_is_taken_and_what_both_have_changed_is_a_conflict() {
        let base = r#"{"a":1,"b":{"c":2,"d":3},"e":[1,2],"f":0}"#;
        for (theirs, yours, expected, text) in [
            (r#"{"a":1,"b":{"c":2,"d":3},"e":[1,2],"f":0}"#, base, " |  | ", base),
            (
                r#"{"a":9,"b":{"c":2,"d":3},"e":[1,2],"f":0}"#,
                r#"{"a":1,"b":{"c":8,"d":3},"e":[1,2],"f":0}"#,
                "/a | /b/c | ",
                r#"{"a":9,"b":{"c":8,"d":3},"e":[1,2],"f":0}"#,
            ),
            (
                r#"{"a":9,"b":{"c":2,"d":3},"e":[1,2],"f":0}"#,
                r#"{"a":8,"b":{"c":2,"d":3},"e":[1,2],"f":0}"#,
                "/a | /a | /a",
                r#"{"a":8,"b":{"c":2,"d":3},"e":[1,2],"f":0}"#,
            ),
            (
                r#"{"a":9,"b":{"c":2,"d":3},"e":[1,2],"f":0}"#,
                r#"{"a":9,"b":{"c":2,"d":3},"e":[1,2],"f":0}"#,
                "/a | /a | ",
                r#"{"a":9,"b":{"c":2,"d":3},"e":[1,2],"f":0}"#,
            ),
            // Removed by the one, changed by the other.
            (
                r#"{"b":{"c":2,"d":3},"e":[1,2],"f":0}"#,
                r#"{"a":8,"b":{"c":2,"d":3},"e":[1,2],"f":0}"#,
                "/a | /a | /a",
                r#"{"a":8,"b":{"c":2,"d":3},"e":[1,2],"f":0}"#,
            ),
            (
                r#"{"b":{"c":2,"d":3},"e":[1,2],"f":0}"#,
                r#"{"a":1,"b":{"c":2,"d":3},"e":[1,2],"f":7}"#,
                "/a | /f | ",
                r#"{"b":{"c":2,"d":3},"e":[1,2],"f":7}"#,
            ),
            // Arrays of one length are compared item by item, others as a whole.
            (
                r#"{"a":1,"b":{"c":2,"d":3},"e":[5,2],"f":0}"#,
                r#"{"a":1,"b":{"c":2,"d":3},"e":[1,6],"f":0}"#,
                "/e/0 | /e/1 | ",
                r#"{"a":1,"b":{"c":2,"d":3},"e":[5,6],"f":0}"#,
            ),
            (
                r#"{"a":1,"b":{"c":2,"d":3},"e":[1,2,3],"f":0}"#,
                r#"{"a":1,"b":{"c":2,"d":3},"e":[1,6],"f":0}"#,
                "/e | /e | /e",
                r#"{"a":1,"b":{"c":2,"d":3},"e":[1,6],"f":0}"#,
            ),
            // Added by both, the same and not.
            (
                r#"{"a":1,"b":{"c":2,"d":3},"e":[1,2],"f":0,"g":{"x":1}}"#,
                r#"{"a":1,"b":{"c":2,"d":3},"e":[1,2],"f":0,"g":{"y":1}}"#,
                "/g/x | /g/y | ",
                r#"{"a":1,"b":{"c":2,"d":3},"e":[1,2],"f":0,"g":{"y":1,"x":1}}"#,
            ),
        ] {
            let answer = merged(Format::Json, Some(base), theirs, yours);
            assert_eq!(said(&answer), expected, "{theirs} {yours}");
            assert_eq!(answer.merged.as_deref(), Some(text), "{theirs} {yours}");
        }
    }

    #[test]
    fn comments_and_layout_of_yours_stay() {
        let answer = merged(Format::Yaml, Some("a: 1\nb: 2\n"), "a: 7\nb: 2\n", "# mine\na: 1   # one\nb: 3\n");
        assert_eq!(answer.merged.as_deref(), Some("# mine\na: 7   # one\nb: 3\n"));
    }

    #[test]
    fn without_a_base_everything_that_differs_is_a_conflict() {
        let answer = merged(Format::Json, None, r#"{"a":1,"b":2}"#, r#"{"a":1,"b":3,"c":4}"#);
        assert_eq!(said(&answer), "/a /b | /a /b /c | /b");
    }

    #[test]
    fn a_text_that_cannot_be_read_is_said_to_be_one() {
        let answer = merged(Format::Json, Some("{}"), "{}", "{");
        assert_eq!((answer.merged, answer.report.findings.len()), (None, 1));
    }
}
