//! Taking documents from one version to another.

use super::{Policy, Target, found, version_of};
use crate::call::{CheckCall, Complement, ConvertAnswer, ConvertCall, ConvertLinesAnswer, Left};
use crate::checks;
use crate::explain::Budget;
use crate::finding::{self, Draft, Severity};
use crate::judge::{Document, may_hold_secrets};
use crate::location::{Context, Locator};
use crate::migration::chain::{self, Stopped};
use crate::migration::gate;
use crate::pointer::Pointer;
use crate::report::DocumentReport;
use crate::source::{self, Format, Node};

/// A document that has arrived.
struct Converted {
    /// The version that it was at.
    from: u32,
    text: String,
    complement: Complement,
    losses: Vec<Pointer>,
    /// What is wrong with it there.
    wrong: Option<Draft>,
}

impl Policy {
    /// Takes one document from one version to another, through the migrations between them.
    #[must_use]
    pub fn convert(&self, call: &ConvertCall, text: &[u8]) -> ConvertAnswer {
        let mut answer = ConvertAnswer::default();
        let format = call.format.or_else(|| Format::of_file(&call.file)).unwrap_or(Format::Json);
        let target = match self.target(call.settings.as_deref()) {
            Ok(target) => target,
            Err(draft) => {
                let findings = Locator::new(text, None).finish(vec![*draft], &Context::default());
                answer.report = DocumentReport::of(&call.file, call.settings.as_deref(), None, findings);
                return answer;
            }
        };
        let family = &target.loaded.family;
        let parsed = source::parse(text, format, &self.limits);
        let (mut drafts, mut root) = (parsed.drafts, parsed.root);
        if !finding::is_wrong(&drafts)
            && let Some(given) = root.take()
        {
            match self.converted(call, &target, (text, given, format)) {
                Ok(Converted { from, text, complement, losses, wrong }) => {
                    answer = ConvertAnswer { document: Some(text), complement, from: Some(from), losses, ..answer };
                    drafts.extend(wrong);
                }
                Err(draft) => drafts.push(*draft),
            }
            // Most of the time nothing is said about the document, and nobody needs it as it was.
            if !drafts.is_empty() {
                root = source::parse(text, format, &self.limits).root;
            }
        }
        let context = Context { settings: Some(target.name), owner: family.owner.as_deref() };
        let findings = Locator::new(text, root.as_ref()).finish(drafts, &context);
        answer.report = DocumentReport::of(&call.file, Some(target.name), answer.from, findings);
        answer
    }

    /// Takes every line of `text`, a JSON document each, from one version to another, as [`Policy::convert`] does for one that
    /// is `compact`: what is done once for many costs less. Gives the documents, one a line, too.
    #[must_use]
    pub fn convert_lines(&self, call: &ConvertCall, text: &[u8]) -> (ConvertLinesAnswer, Vec<u8>) {
        let mut answer = ConvertLinesAnswer::default();
        let mut documents = Vec::with_capacity(text.len());
        let call = ConvertCall { format: Some(Format::Json), compact: true, ..call.clone() };
        let target = self.target(call.settings.as_deref()).ok();
        for (line, text) in text.split(|byte| *byte == b'\n').enumerate() {
            if line > 0 {
                documents.push(b'\n');
            }
            let converted = target.as_ref().and_then(|target| self.without_a_word(&call, target, text));
            let Some(Converted { text, complement, losses, .. }) = converted else { continue };
            documents.extend_from_slice(text.as_bytes());
            if !complement.is_empty() {
                answer.left.push(Left { line, complement, losses });
            }
        }
        (answer, documents)
    }

    /// Converts a JSON document about which there is nothing to say.
    fn without_a_word(&self, call: &ConvertCall, target: &Target<'_>, text: &[u8]) -> Option<Converted> {
        let parsed = source::parse(text, Format::Json, &self.limits);
        let root = parsed.root.filter(|_| parsed.drafts.is_empty())?;
        let converted = self.converted(call, target, (text, root, Format::Json)).ok()?;
        // A line end can only stand in a text that did not go anywhere.
        (converted.wrong.is_none() && !converted.text.contains('\n')).then_some(converted)
    }

    fn converted(
        &self,
        call: &ConvertCall,
        target: &Target<'_>,
        (text, root, format): (&[u8], Node, Format),
    ) -> Result<Converted, Box<Draft>> {
        let asked = CheckCall { version: call.from, ..CheckCall::default() };
        // The value is asked only where the version is in it.
        let value = if call.from.is_some() { serde_json::Value::Null } else { root.to_json_value() };
        let (from, _) = version_of(target, &asked, &value)?;
        let known: Vec<u32> = target.loaded.schemas.versions.keys().copied().collect();
        let (to, _) = found(target, call.to, None, &known)?;
        let family = &target.loaded.family;
        let mut complement = call.complement.clone();
        let layout = !(call.compact && format == Format::Json);
        let original = call.losses.then(|| root.clone());
        // Without a layout the text is written from the tree, if there is a way to go.
        let text = if layout || from == to { String::from_utf8_lossy(text).into_owned() } else { String::new() };
        let mut document = chain::Document { root, text, format, layout };
        self.take(target, &mut document, (from, to), &mut complement).map_err(|stopped| match stopped {
            Stopped::NoWay(draft) => draft,
            Stopped::Unwritable => Box::new(checks::not_in_format::draft(format)),
            Stopped::Blocked(file, blocked) => {
                Box::new(checks::conversion_blocked::draft(&file, &blocked, may_hold_secrets(family)))
            }
        })?;
        let wrong = self.wrong_there(target, to, &document);
        let losses = match original {
            Some(original) if !complement.is_empty() => self.losses(target, (from, to), &original, document.clone()),
            _ => Vec::new(),
        };
        Ok(Converted { from, text: document.text, complement, losses, wrong })
    }

    /// Takes a document through the migrations between two versions.
    fn take(
        &self,
        target: &Target<'_>,
        document: &mut chain::Document,
        (mut at, to): (u32, u32),
        complement: &mut Complement,
    ) -> Result<(), Stopped> {
        while at != to {
            at = self.chain(target).hop(&target.loaded.family, document, (at, to), complement)?;
        }
        Ok(())
    }

    /// The places of a document that would not come back without the complement.
    fn losses(
        &self,
        target: &Target<'_>,
        (from, to): (u32, u32),
        original: &Node,
        mut moved: chain::Document,
    ) -> Vec<Pointer> {
        // Where things stand in the text that was written is not known yet.
        let Some(root) = source::reread(&moved.text, moved.format) else { return Vec::new() };
        moved.root = root;
        match self.take(target, &mut moved, (to, from), &mut Complement::default()) {
            Ok(()) => gate::differences(original, &moved.root),
            Err(Stopped::Blocked(_, blocked)) => vec![blocked.at],
            Err(Stopped::NoWay(_) | Stopped::Unwritable) => Vec::new(),
        }
    }

    /// What is wrong with a document at the version that it was taken to.
    fn wrong_there(&self, target: &Target<'_>, to: u32, document: &chain::Document) -> Option<Draft> {
        let judge = target.judge(to, target.loaded.schemas.versions.get(&to));
        let value = document.root.to_json_value();
        if judge.accepts(&value) {
            return None;
        }
        // Explanations quote the text, so they need the places in it.
        let root = source::reread(&document.text, document.format)?;
        let judged = Document { root: &root, value: &value, text: &document.text, format: document.format };
        let wrong = judge.judge(&judged, None, false, &Budget::default()).drafts;
        let first = wrong.iter().find(|draft| draft.severity == Severity::Error)?;
        Some(checks::conversion_invalid::draft(to, first))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use crate::report::Verdict;

    fn policy() -> Policy {
        let migration = "migration: 0002-new\nsettings: app\nfrom: 1\nto: 2\nowner: team-a\nwhy: a test of it\n\
                         expected: every document has b\nrollback: setpoint rollback app --to 1\nsteps:\n\
                         \x20 - rename: { from: /a, to: /b }\n  - remove: { at: /old }\n";
        let old = r#"{"properties":{"a":{"type":"integer"}}}"#;
        let new = r#"{"properties":{"b":{"type":"integer","maximum":9}}}"#;
        let bundle = serde_json::json!({ "bundle": 1, "settings": { "app": {
            "schemas": { "1": { "file": "v1.json", "text": old }, "2": { "file": "v2.json", "text": new } },
            "migrations": [{ "file": "0002-new.yaml", "text": migration }]
        } } });
        Policy::load(bundle.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn lines_are_converted_as_each_alone_would_be() {
        let policy = policy();
        for (from, to) in [(Some(1), 2), (Some(2), 1), (Some(2), 2), (None, 2), (Some(1), 7)] {
            let texts = [
                r#"{"a": 1, "rest": [1.50, "é"]}"#,
                "",
                r#"{"old": {"x": null}, "a": 2}"#,
                r#"{"a": 12}"#,
                r#"{"b": 3, "a": 4}"#,
                "{",
                r#"{"b": 5, "b": 6}"#,
                r#"{"b": 7}"#,
                " ",
                "[]\r",
            ];
            let call = ConvertCall { file: "a.json".into(), from, to, losses: true, ..ConvertCall::default() };
            let (answer, documents) = policy.convert_lines(&call, texts.join("\n").as_bytes());
            let documents = String::from_utf8(documents).unwrap();
            let documents: Vec<&str> = documents.split('\n').collect();
            assert_eq!(documents.len(), texts.len());
            for (line, text) in texts.into_iter().enumerate() {
                let alone = policy.convert(&ConvertCall { compact: true, ..call.clone() }, text.as_bytes());
                let fits = alone
                    .document
                    .filter(|_| alone.report.verdict == Verdict::Pass && alone.report.findings.is_empty());
                assert_eq!(documents[line], fits.clone().unwrap_or_default(), "{text} from {from:?} to {to}");
                let left = answer.left.iter().find(|left| left.line == line);
                let expected = fits.filter(|_| !alone.complement.is_empty());
                let expected = expected.map(|_| Left { line, complement: alone.complement, losses: alone.losses });
                assert_eq!(left, expected.as_ref(), "{text} from {from:?} to {to}");
            }
        }
    }
}
