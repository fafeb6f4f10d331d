//! Which steps of a migration belong together: those that are about the same top-level member of the documents.

use std::collections::BTreeSet;

use super::path::Path;
use super::step::Step;
use super::touched::Touched;

/// Steps that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Related {
    /// Their numbers, from 1.
    pub steps: BTreeSet<usize>,
    /// The members that they are about.
    pub members: BTreeSet<String>,
}

/// The groups into which steps fall, in the order of their first steps; `None` when a step may be about anything.
pub fn groups(steps: &[Step]) -> Option<Vec<Related>> {
    let mut groups: Vec<Related> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let members = Touched::by(step, &Path::default()).members()?;
        let (mut joined, apart): (Vec<Related>, Vec<Related>) =
            groups.into_iter().partition(|group| !group.members.is_disjoint(&members));
        joined.push(Related { steps: BTreeSet::from([index + 1]), members });
        groups = apart;
        groups.push(Related {
            steps: joined.iter().flat_map(|group| group.steps.iter().copied()).collect(),
            members: joined.into_iter().flat_map(|group| group.members).collect(),
        });
    }
    groups.sort_by_key(|group| group.steps.first().copied());
    Some(groups)
}

#[cfg(test)]
mod tests {
    use super::super::laws::steps;
    use super::groups;

    fn grouped(text: &str) -> Option<String> {
        let said = |group: super::Related| {
            let steps: Vec<String> = group.steps.iter().map(ToString::to_string).collect();
            let members: Vec<String> = group.members.into_iter().collect();
            format!("{}: {}", steps.join(" "), members.join(" "))
        };
        Some(groups(&steps(text))?.into_iter().map(said).collect::<Vec<_>>().join("; "))
    }

    #[test]
    fn steps_belong_together_when_a_member_does() {
        for (text, wanted) in [
            ("[{remove: {at: /a}}, {remove: {at: /b}}, {remove: {at: /a/c}}]", Some("1 3: a; 2: b")),
            ("[{remove: {at: /a}}, {remove: {at: /b}}, {rename: {from: a, to: b}}]", Some("1 2 3: a b")),
            (
                "[{rename: {from: a, to: b}}, {convert: {at: /b, up: value}}, {remove: {at: /c}}]",
                Some("1 2: a b; 3: c"),
            ),
            ("[{move: {from: /a, to: /b/a}}, {remove: {at: '/b/*/c'}}]", Some("1 2: a b")),
            ("[{remove: {at: /a}}, {remove: {at: '/*/b'}}]", None),
            ("[{remove: {at: /a}}, {remove: {at: '/**/b'}}]", None),
            ("[{remove: {at: /a}}, {entries: {at: '', key: k}}]", None),
            // What an expression looks at counts.
            ("[{remove: {at: /a}}, {add: {at: /b, compute: 'self.a + self[\"c\"]'}}]", Some("1 2: a b c")),
            (
                "[{remove: {at: /a}}, {add: {at: /b, compute: 'has(self.c) && self.?d.hasValue()'}}]",
                Some("1: a; 2: b c d"),
            ),
            ("[{remove: {at: /a}}, {add: {at: /b, compute: size(self)}}]", None),
            ("[{remove: {at: /a}}, {add: {at: /b, compute: 'self[self.c]'}}]", None),
            (
                "[{remove: {at: /a}}, {for-each: {at: /b, steps: [{add: {at: /x, compute: self.a}}]}}]",
                Some("1: a; 2: b"),
            ),
            ("[{when: {test: has(self.a), then: [{remove: {at: /b}}], else: [{remove: {at: /c}}]}}]", Some("1: a b c")),
            (
                "[{remove: {at: /z}}, {test: {at: /a, exists: true, else: skip}}, {remove: {at: /b}}]",
                Some("1: z; 2: a b"),
            ),
        ] {
            assert_eq!(grouped(text).as_deref(), wanted, "{text}");
        }
    }
}
