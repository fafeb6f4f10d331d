//! How long something took differs from run to run.

/// What was said, without `, in 12 ms` at the ends of lines.
pub fn without_times(text: &str) -> String {
    let without = |line: &str| match line.split_once(", in ") {
        Some((said, time)) if time.ends_with('s') => said.to_owned(),
        _ => line.to_owned(),
    };
    text.lines().map(|line| without(line) + "\n").collect()
}
