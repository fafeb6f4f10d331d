//! Numbers and times as people read them.

use setpoint_store::Tally;

/// `1 document`, `12 documents`.
pub(crate) fn documents(count: u64) -> String {
    setpoint_report::count(usize::try_from(count).unwrap_or(usize::MAX), "document")
}

/// How long a run took, and how many documents that is in a second.
pub(crate) fn took(tally: &Tally) -> String {
    let rate = (tally.changed * 1000).checked_div(tally.milliseconds).unwrap_or_default();
    if tally.milliseconds < 1000 {
        duration(tally.milliseconds)
    } else {
        format!("{}, {rate} a second", duration(tally.milliseconds))
    }
}

/// A duration in the unit that suits it.
pub(crate) fn duration(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        0 => format!("{milliseconds} ms"),
        1..60 => format!("{seconds}.{} s", milliseconds % 1000 / 100),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_two_digits_that_matter() {
        let of = [7, 999, 1_000, 12_340, 61_000, 7_380_000].map(duration);
        assert_eq!(of, ["7 ms", "999 ms", "1.0 s", "12.3 s", "1 min 1 s", "2 h 3 min"]);
    }

    #[test]
    fn a_rate_is_given_where_it_says_something() {
        assert_eq!(took(&Tally { changed: 5, milliseconds: 40, ..Tally::default() }), "40 ms");
        assert_eq!(took(&Tally { changed: 5_000, milliseconds: 2_500, ..Tally::default() }), "2.5 s, 2000 a second");
    }
}
