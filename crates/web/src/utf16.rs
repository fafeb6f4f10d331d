//! From byte offsets to UTF-16 code units, the unit of JavaScript strings and of editors.

/// How many bytes lie between two stored counts: small enough for a short scan, large enough for a small table.
const STRIDE: usize = 512;

/// Translates byte offsets of one text. Builds a table in one pass, then answers in time independent of the length.
///
/// Bytes that are not UTF-8 count as the replacement characters that JavaScript's `TextDecoder` would put there.
///
/// ```text
/// bytes    a  é     😀
///          0  1  2  3  4  5  6
/// UTF-16   0  1     2  3        (the emoji takes two units)
/// ```
#[derive(Debug)]
pub struct Utf16Index<'a> {
    text: &'a [u8],
    /// The code units before byte `i * STRIDE`; empty when every offset stays as it is (ASCII).
    before: Vec<usize>,
}

impl<'a> Utf16Index<'a> {
    /// Reads the text once.
    #[must_use]
    pub fn new(text: &'a [u8]) -> Self {
        let mut before = Vec::new();
        if !text.is_ascii() {
            let mut units = 0;
            for block in text.chunks(STRIDE) {
                before.push(units);
                units += block.iter().map(|byte| units_begun_by(*byte)).sum::<usize>();
            }
            before.push(units);
        }
        Self { text, before }
    }

    /// The number of UTF-16 code units before byte `offset`; an offset past the end counts as the end.
    #[must_use]
    pub fn of(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        let block = offset / STRIDE;
        let Some(units) = self.before.get(block) else { return offset };
        let rest = self.text.get(block * STRIDE..offset).unwrap_or_default();
        units + rest.iter().map(|byte| units_begun_by(*byte)).sum::<usize>()
    }
}

/// The code units of the character that starts with this byte; continuation bytes add nothing.
fn units_begun_by(byte: u8) -> usize {
    match byte {
        0x80..=0xBF => 0,
        0xF0..=0xFF => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::string_slice, reason = "tests")]
    use super::*;

    #[test]
    fn every_offset_of_a_mixed_text_agrees_with_encode_utf16() {
        let text = "a: é\r\nb: 😀 \u{feff}中\u{10ffff}\n".repeat(200);
        let index = Utf16Index::new(text.as_bytes());
        for (offset, _) in text.char_indices() {
            assert_eq!(index.of(offset), text[..offset].encode_utf16().count(), "at byte {offset}");
        }
        assert_eq!(index.of(text.len()), text.encode_utf16().count());
    }

    #[test]
    fn ascii_offsets_stay_as_they_are_and_nothing_lies_past_the_end() {
        let index = Utf16Index::new(b"port: 80");
        assert_eq!((index.of(6), index.of(8), index.of(99)), (6, 8, 8));
        assert_eq!(Utf16Index::new("é".repeat(STRIDE).as_bytes()).of(usize::MAX), STRIDE);
    }
}
