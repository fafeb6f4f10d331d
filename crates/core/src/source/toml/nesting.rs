//! How deep a TOML text nests, told without recursion, before the library sees it.

/// What is open around a position.
#[derive(Clone, Copy)]
enum Level {
    Array,
    /// The root or an inline table: dots of the current key, and whether its `=` has been passed.
    Table {
        dots: usize,
        in_value: bool,
    },
}

/// The first byte at which arrays, tables and dotted keys together nest deeper than `most` below the root.
///
/// INVARIANT: agrees with the grammar of TOML on every valid beginning of a text; after the first fault the answer
/// does not matter, because the library stops there.
pub(super) fn too_deep(text: &str, most: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut header = 0;
    let mut levels = vec![Level::Table { dots: 0, in_value: false }];
    let mut depth = 0;
    let mut at = 0;
    let mut line_start = true;
    while let Some(&byte) = bytes.get(at) {
        let here = at;
        at += 1;
        match byte {
            b'"' | b'\'' => at = string_end(bytes, here, byte),
            b'#' => at = line_end(bytes, here),
            b'[' if line_start && levels.len() == 1 => {
                // A header: its dots count for everything that follows until the next one.
                let end = line_end(bytes, here);
                header = header_depth(bytes.get(here..end).unwrap_or_default());
                depth = 0;
                levels.truncate(1);
                reset(&mut levels, &mut depth);
                at = end;
            }
            b'[' => {
                levels.push(Level::Array);
                depth += 1;
            }
            b'{' => {
                levels.push(Level::Table { dots: 0, in_value: false });
                depth += 1;
            }
            b']' | b'}' if levels.len() > 1 => {
                reset(&mut levels, &mut depth);
                levels.pop();
                depth = depth.saturating_sub(1);
            }
            b',' => reset(&mut levels, &mut depth),
            b'\n' if levels.len() == 1 => reset(&mut levels, &mut depth),
            b'=' => {
                if let Some(Level::Table { in_value, .. }) = levels.last_mut() {
                    *in_value = true;
                }
            }
            b'.' => {
                if let Some(Level::Table { dots, in_value: false }) = levels.last_mut() {
                    *dots += 1;
                    depth += 1;
                }
            }
            _ => {}
        }
        line_start = byte == b'\n' || (line_start && byte.is_ascii_whitespace());
        if header + depth > most {
            return Some(here);
        }
    }
    None
}

/// The tables and arrays that a header line stands for.
fn header_depth(line: &[u8]) -> usize {
    let mut depth = if line.starts_with(b"[[") { 2 } else { 1 };
    let mut at = 0;
    while let Some(&byte) = line.get(at) {
        match byte {
            b'"' | b'\'' => at = string_end(line, at, byte),
            b'#' => break,
            _ => {
                depth += usize::from(byte == b'.');
                at += 1;
            }
        }
    }
    depth
}

/// Ends the key of the innermost table.
fn reset(levels: &mut [Level], depth: &mut usize) {
    if let Some(Level::Table { dots, in_value }) = levels.last_mut() {
        *depth = depth.saturating_sub(*dots);
        *dots = 0;
        *in_value = false;
    }
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
}

/// The first byte after the string that starts at `from`.
fn string_end(bytes: &[u8], from: usize, quote: u8) -> usize {
    let long = [quote; 3];
    let rest = |at: usize| bytes.get(at..).unwrap_or_default();
    let is_long = rest(from).starts_with(&long);
    let mut at = from + if is_long { 3 } else { 1 };
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if quote == b'"' => at += 2,
            b'\n' if !is_long => return at,
            _ if byte != quote => at += 1,
            _ if !is_long => return at + 1,
            _ if rest(at).starts_with(&long) => {
                // Up to two more quotes belong to the string.
                let extra = rest(at + 3).iter().take(2).take_while(|byte| **byte == quote).count();
                return at + 3 + extra;
            }
            _ => at += 1,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_tables_and_dots_add_up_and_strings_do_not_count() {
        let cases = [
            ("a = [[1]]", 2, None),
            ("a = [[[1]]]", 2, Some(6)),
            ("a.b.c = 1", 2, None),
            ("a.b.c.d = 1", 2, Some(5)),
            ("a.b = [1.5]", 2, None),
            ("a.b = { c.d = [] }", 3, Some(14)),
            ("a.b = 1\nc.d = 1\ne = [1, 2]\n", 1, None),
            ("a = { b.c = 1, d.e = 2 }", 2, None),
            ("a = \"[[[\" # [[[\nb = '[[['", 0, None),
            ("a = \"\\\"[[[\"\nb = '\\'\nc = [1]", 1, None),
            ("a = \"\"\"x\"\"\"\"\"\nb = '''\n[[[\n'''\nc=[1]", 1, None),
            ("a = [\n[\n]\n]", 1, Some(6)),
            ("[a.b] # 1.2.3\nx = 1", 2, None),
            ("[[a.\"b.c\"]]\nx = 1", 3, None),
            ("[[a.b]]\nx = [1]", 3, Some(12)),
        ];
        for (text, most, at) in cases {
            assert_eq!(too_deep(text, most), at, "{text}");
        }
        assert!(too_deep(&format!("[{}]\nx = 1", ["a"; 100].join(".")), 99).is_some());
    }
}
