//! What is looked at before any parser sees the text: size, encoding, byte order mark, control characters,
//! emptiness.

use super::checks::{byte_order_mark, control_character, empty_document, invalid_utf8, limit_exceeded};
use super::{Format, Limits};
use crate::finding::{Draft, Place};
use crate::pointer::Pointer;

/// The bytes of U+FEFF.
pub(super) const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The text, a byte order mark included, if a parser may have it. Otherwise one error is added to `drafts`.
pub(super) fn admit<'a>(text: &'a [u8], format: Format, limits: &Limits, drafts: &mut Vec<Draft>) -> Option<&'a str> {
    if text.len() > limits.bytes {
        drafts.push(limit_exceeded::draft(limit_exceeded::Limit::Bytes, limits.bytes, Pointer::root(), Place::File));
        return None;
    }
    let text = match str::from_utf8(text) {
        Ok(text) => text,
        Err(error) => {
            let start = error.valid_up_to();
            drafts.push(invalid_utf8::draft(text, start, error.error_len()));
            return None;
        }
    };
    let control = text.bytes().enumerate().find(|(_, byte)| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r'));
    if let Some((start, byte)) = control {
        drafts.push(control_character::draft(Pointer::root(), start, byte));
        return None;
    }
    let marked = text.starts_with(BYTE_ORDER_MARK);
    if text.trim_start_matches(BYTE_ORDER_MARK).bytes().all(|byte| byte.is_ascii_whitespace()) {
        drafts.push(empty_document::draft(format));
        if format != Format::Toml {
            return None;
        }
    } else if marked && format != Format::Yaml {
        drafts.push(byte_order_mark::draft());
    }
    Some(text)
}
