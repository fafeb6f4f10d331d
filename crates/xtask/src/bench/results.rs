//! Results as Markdown for people and as JSON for programs.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::machine::Machine;

/// Everything that was measured.
pub struct Results {
    /// Where and with what.
    pub machine: Machine,
    /// In the order of measuring.
    pub sections: Vec<Section>,
}

/// The answer to one question.
pub struct Section {
    /// The question.
    pub title: &'static str,
    /// What exactly was measured, and what it means.
    pub notes: Vec<String>,
    /// The figures.
    pub tables: Vec<Table>,
    /// What was aimed for.
    pub targets: Vec<Target>,
}

/// What was aimed for and what came of it.
pub struct Target {
    what: String,
    measured: f64,
    limit: f64,
    /// Whether larger is better.
    at_least: bool,
}

impl Target {
    /// A figure that should not be above `limit`.
    pub fn at_most(what: impl Into<String>, measured: f64, limit: f64) -> Self {
        Self { what: what.into(), measured, limit, at_least: false }
    }

    /// A figure that should not be below `limit`.
    pub fn at_least(what: impl Into<String>, measured: f64, limit: f64) -> Self {
        Self { what: what.into(), measured, limit, at_least: true }
    }

    fn is_met(&self) -> bool {
        if self.at_least { self.measured >= self.limit } else { self.measured <= self.limit }
    }

    fn markdown(&self) -> String {
        let verdict = if self.is_met() { "met" } else { "**missed**" };
        let bound = if self.at_least { "at least" } else { "at most" };
        format!("- {}: {}, wanted {bound} {}: {verdict}\n", self.what, figure(self.measured), figure(self.limit))
    }
}

/// A table whose first column names the rows.
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

/// A cell: as it is shown, and as a number where it is one (seconds, bytes, counts, ratios).
#[derive(Clone)]
pub struct Cell {
    shown: String,
    value: Option<f64>,
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self { shown: text.into(), value: None }
    }

    /// A time; in JSON, seconds.
    pub fn time(time: Duration) -> Self {
        let seconds = time.as_secs_f64();
        let shown = match seconds {
            _ if seconds >= 1.0 => format!("{seconds:.2} s"),
            _ if seconds >= 1e-3 => format!("{:.1} ms", seconds * 1e3),
            _ => format!("{:.2} µs", seconds * 1e6),
        };
        Self { shown, value: Some(seconds) }
    }

    /// How many times something.
    pub fn ratio(ratio: f64) -> Self {
        Self { shown: figure(ratio), value: Some(ratio) }
    }

    /// So many a second, or another large number of which three digits are enough.
    pub fn rate(rate: f64) -> Self {
        Self { shown: format!("{:.0}", round_to_three_digits(rate)), value: Some(rate) }
    }

    /// A number of things.
    pub fn count(count: usize) -> Self {
        #[allow(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
        let value = count as f64;
        Self { shown: count.to_string(), value: Some(value) }
    }

    /// A size; in JSON, bytes.
    pub fn bytes(bytes: u64) -> Self {
        #[allow(clippy::cast_precision_loss, reason = "sizes of files are far below 2^52")]
        let value = bytes as f64;
        let shown = if value < 1e6 { format!("{:.1} kB", value / 1e3) } else { format!("{:.2} MB", value / 1e6) };
        Self { shown, value: Some(value) }
    }

    /// A part of a whole.
    pub fn percent(part: f64) -> Self {
        Self { shown: format!("{:.0} %", part * 100.0), value: Some(part) }
    }
}

impl Table {
    /// A table with these columns.
    pub fn new(header: &[&str]) -> Self {
        Self { header: header.iter().map(|name| (*name).to_owned()).collect(), rows: Vec::new() }
    }

    /// One more column; before the first row.
    pub fn column(&mut self, name: &str) {
        self.header.push(name.to_owned());
    }

    /// One more row.
    pub fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    fn markdown(&self) -> String {
        let mut text = format!("| {} |\n|---|", self.header.join(" | "));
        text.push_str(&"---:|".repeat(self.header.len().saturating_sub(1)));
        text.push('\n');
        for row in &self.rows {
            let cells: Vec<&str> = row.iter().map(|cell| cell.shown.as_str()).collect();
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        }
        text
    }

    fn json(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            let cells = self.header.iter().zip(row);
            cells
                .map(|(name, cell)| (name.clone(), cell.value.map_or_else(|| json!(cell.shown), Value::from)))
                .collect()
        });
        Value::Array(rows.map(Value::Object).collect())
    }
}

impl Section {
    fn markdown(&self) -> String {
        let mut text = format!("## {}\n", self.title);
        for note in &self.notes {
            let _ = write!(text, "\n{note}\n");
        }
        for table in &self.tables {
            let _ = write!(text, "\n{}", table.markdown());
        }
        if !self.targets.is_empty() {
            text.push('\n');
            text.extend(self.targets.iter().map(Target::markdown));
        }
        text
    }

    fn json(&self) -> Value {
        let targets = self.targets.iter().map(|target| {
            json!({
                "what": target.what,
                "measured": target.measured,
                if target.at_least { "at_least" } else { "at_most" }: target.limit,
                "met": target.is_met(),
            })
        });
        json!({
            "title": self.title,
            "notes": self.notes,
            "tables": self.tables.iter().map(Table::json).collect::<Vec<_>>(),
            "targets": targets.collect::<Vec<_>>(),
        })
    }
}

impl Results {
    /// For people.
    pub fn markdown(&self) -> String {
        let sections: Vec<String> = self.sections.iter().map(Section::markdown).collect();
        format!("{}\n{}", self.machine.markdown(), sections.join("\n"))
    }

    /// For programs. Times are in seconds, sizes in bytes.
    ///
    /// # Errors
    /// Never for what is measured here; the writer of JSON has the type.
    pub fn json(&self) -> anyhow::Result<String> {
        let sections: Vec<Value> = self.sections.iter().map(Section::json).collect();
        let all = json!({ "machine": self.machine.json(), "sections": sections });
        Ok(serde_json::to_string_pretty(&all)? + "\n")
    }
}

/// A number with about three digits.
fn figure(value: f64) -> String {
    match value {
        _ if value >= 100.0 => format!("{value:.0}"),
        _ if value >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn round_to_three_digits(value: f64) -> f64 {
    if value <= 0.0 {
        return value;
    }
    let unit = 10f64.powf((value.log10().floor() - 2.0).max(0.0));
    (value / unit).round() * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(cell: &Cell) -> &str {
        &cell.shown
    }

    #[test]
    fn times_are_shown_in_the_unit_that_fits() {
        assert_eq!(shown(&Cell::time(Duration::from_millis(1500))), "1.50 s");
        assert_eq!(shown(&Cell::time(Duration::from_micros(4520))), "4.5 ms");
        assert_eq!(shown(&Cell::time(Duration::from_nanos(5430))), "5.43 µs");
    }

    #[test]
    fn rates_are_shown_with_three_digits() {
        assert_eq!(shown(&Cell::rate(78_912.3)), "78900");
        assert_eq!(shown(&Cell::rate(42.4)), "42");
    }

    #[test]
    fn a_table_in_markdown_has_its_numbers_to_the_right() {
        let mut table = Table::new(&["program", "median"]);
        table.row(vec![Cell::text("setpoint"), Cell::time(Duration::from_millis(5))]);
        assert_eq!(table.markdown(), "| program | median |\n|---|---:|\n| setpoint | 5.0 ms |\n");
        assert_eq!(table.json(), json!([{ "program": "setpoint", "median": 0.005 }]));
    }

    #[test]
    fn a_target_says_whether_it_is_met_in_its_direction() {
        assert_eq!(Target::at_most("x", 1.5, 2.0).markdown(), "- x: 1.50, wanted at most 2.00: met\n");
        assert_eq!(Target::at_least("x", 1.5, 20.0).markdown(), "- x: 1.50, wanted at least 20.0: **missed**\n");
    }
}
