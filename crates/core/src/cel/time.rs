//! Points and spans of time, without a clock: the proleptic Gregorian calendar in UTC.
//!
//! The conversion between days and dates is the one of Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms".

use std::fmt;

const SECOND: i64 = 1_000_000_000;
const DAY: i64 = 86_400;

/// A point in time between the years 1 and 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub seconds: i64,
    /// Nanoseconds of the second.
    pub nanos: u32,
}

/// A span of time in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(pub i64);

impl Timestamp {
    const FIRST: i64 = -62_135_596_800;
    const LAST: i64 = 253_402_300_799;

    /// The point in time with these seconds, unless it is out of range.
    pub fn new(seconds: i64, nanos: u32) -> Option<Self> {
        (Self::FIRST..=Self::LAST).contains(&seconds).then_some(Self { seconds, nanos })
    }

    /// Reads RFC 3339, for example `2026-11-26T08:00:00.5Z`; a date alone is its first instant.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, rest) = (text.get(..10)?, text.get(10..)?);
        let mut parts = date.split('-');
        let mut number = |length: usize| {
            let part = parts.next()?;
            (part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| part.parse::<i64>().ok())?
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
            return None;
        }
        let midnight = days(year, month, day).checked_mul(DAY)?;
        if rest.is_empty() {
            return Self::new(midnight, 0);
        }
        let rest = rest.strip_prefix(['T', 't', ' '])?;
        let zone = rest.find(['Z', 'z', '+', '-'])?;
        let (time, zone) = rest.split_at(zone);
        let (time, fraction) = time.split_once('.').map_or((time, None), |(time, fraction)| (time, Some(fraction)));
        let nanos = match fraction {
            Some(digits) if !digits.is_empty() && digits.len() <= 9 && digits.bytes().all(|b| b.is_ascii_digit()) => {
                format!("{digits:0<9}").parse().ok()?
            }
            Some(_) => return None,
            None => 0,
        };
        let mut parts = time.split(':').map(|part| if part.len() == 2 { part.parse::<i64>().ok() } else { None });
        let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
        if parts.next().is_some()
            || !(0..24).contains(&hour)
            || !(0..60).contains(&minute)
            || !(0..60).contains(&second)
        {
            return None;
        }
        let seconds = midnight + hour * 3_600 + minute * 60 + second - offset(zone)?;
        Self::new(seconds, nanos)
    }

    /// The point in time after a span.
    pub fn plus(self, span: Duration) -> Option<Self> {
        let nanos = i64::from(self.nanos) + span.0.rem_euclid(SECOND);
        let seconds = self.seconds.checked_add(span.0.div_euclid(SECOND))?.checked_add(nanos.div_euclid(SECOND))?;
        Self::new(seconds, u32::try_from(nanos.rem_euclid(SECOND)).ok()?)
    }

    /// The span from an earlier point in time.
    pub fn since(self, earlier: Self) -> Option<Duration> {
        let seconds = self.seconds.checked_sub(earlier.seconds)?.checked_mul(SECOND)?;
        seconds.checked_add(i64::from(self.nanos))?.checked_sub(i64::from(earlier.nanos)).map(Duration)
    }

    /// One of the parts that the language asks for by name, in a zone: `UTC`, or an offset such as `+02:00`.
    pub fn part(self, name: &str, zone: Option<&str>) -> Option<i64> {
        let shift = match zone {
            None | Some("UTC" | "Z" | "") => 0,
            Some(zone) => offset(zone).or_else(|| offset(&format!("+{zone}")))?,
        };
        let seconds = self.seconds + shift;
        let (day, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        let (year, month, of_month) = date(day);
        Some(match name {
            "getFullYear" => year,
            "getMonth" => month - 1,
            "getDate" => of_month,
            "getDayOfMonth" => of_month - 1,
            "getDayOfYear" => day - days(year, 1, 1),
            "getDayOfWeek" => (day + 4).rem_euclid(7),
            "getHours" => second / 3_600,
            "getMinutes" => second / 60 % 60,
            "getSeconds" => second % 60,
            "getMilliseconds" => i64::from(self.nanos / 1_000_000),
            _ => return None,
        })
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (day, second) = (self.seconds.div_euclid(DAY), self.seconds.rem_euclid(DAY));
        let (year, month, of_month) = date(day);
        let (hour, minute) = (second / 3_600, second / 60 % 60);
        write!(formatter, "{year:04}-{month:02}-{of_month:02}T{hour:02}:{minute:02}:{:02}", second % 60)?;
        write_fraction(formatter, u64::from(self.nanos))?;
        formatter.write_str("Z")
    }
}

/// The fraction of a second, without zeros at its end.
fn write_fraction(formatter: &mut fmt::Formatter<'_>, nanos: u64) -> fmt::Result {
    if nanos == 0 {
        return Ok(());
    }
    let digits = format!("{nanos:09}");
    write!(formatter, ".{}", digits.trim_end_matches('0'))
}

impl Duration {
    /// Reads a span as Go writes it (`1h30m`, `-1.5s`, `10ms`), or as ISO 8601 does (`PT1H30M`) where it has no months or
    /// years, whose length varies.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let total = match rest.strip_prefix('P') {
            Some(rest) => iso(rest)?,
            None if rest == "0" => 0,
            None => go(rest)?,
        };
        let total = if negative { -total } else { total };
        i64::try_from(total).ok().map(Self)
    }

    /// One of the parts that the language asks for by name. Each is the whole span in that unit, but milliseconds, which are
    /// what is left of the last second.
    pub fn part(self, name: &str) -> Option<i64> {
        Some(match name {
            "getHours" => self.0 / (3_600 * SECOND),
            "getMinutes" => self.0 / (60 * SECOND),
            "getSeconds" => self.0 / SECOND,
            "getMilliseconds" => self.0 % SECOND / 1_000_000,
            _ => return None,
        })
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, nanos) = (self.0.unsigned_abs() / 1_000_000_000, self.0.unsigned_abs() % 1_000_000_000);
        write!(formatter, "{}{whole}", if self.0 < 0 { "-" } else { "" })?;
        write_fraction(formatter, nanos)?;
        formatter.write_str("s")
    }
}

fn go(mut rest: &str) -> Option<i128> {
    let mut total = 0_i128;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (amount, tail) = rest.split_at(digits);
        let unit_length = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_length);
        let unit = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => SECOND,
            "m" => 60 * SECOND,
            "h" => 3_600 * SECOND,
            _ => return None,
        };
        total = total.checked_add(scaled(amount, unit)?)?;
        rest = tail;
    }
    Some(total)
}

fn iso(rest: &str) -> Option<i128> {
    let (date, time) = rest.split_once('T').map_or((rest, None), |(date, time)| (date, Some(time)));
    let mut total = 0_i128;
    let mut read = |part: &str, units: &[(char, i64)]| -> Option<bool> {
        let (mut rest, mut found, mut from) = (part, false, 0);
        while !rest.is_empty() {
            let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
            let letter = rest.get(end..)?.chars().next()?;
            let place = units.iter().skip(from).position(|(unit, _)| *unit == letter)? + from;
            total = total.checked_add(scaled(rest.get(..end)?, units.get(place)?.1)?)?;
            (from, found) = (place + 1, true);
            rest = rest.get(end + 1..)?;
        }
        Some(found)
    };
    let days = read(date, &[('W', 7 * DAY * SECOND), ('D', DAY * SECOND)])?;
    let hours = match time {
        Some(time) => read(time, &[('H', 3_600 * SECOND), ('M', 60 * SECOND), ('S', SECOND)])?.then_some(true)?,
        None => false,
    };
    (days || hours).then_some(total)
}

/// A decimal number of units in nanoseconds.
fn scaled(amount: &str, unit: i64) -> Option<i128> {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    if whole.len() + fraction.len() == 0 || whole.len() > 19 || fraction.contains('.') {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    // Digits beyond the fifteenth are less than a nanosecond of any unit here.
    let fraction = fraction.get(..fraction.len().min(15))?;
    let part: i128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let scale = 10_i128.pow(u32::try_from(fraction.len()).ok()?);
    Some(whole * i128::from(unit) + part * i128::from(unit) / scale)
}

/// The seconds of an offset from UTC: `Z`, `+02:00`.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let part = |text: &str| (text.len() == 2).then(|| text.parse::<i64>().ok())?;
    let (hours, minutes) = (part(hours)?, part(minutes)?);
    ((0..24).contains(&hours) && (0..60).contains(&minutes)).then_some(sign * (hours * 3_600 + minutes * 60))
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date that many days after 1970-01-01: year, month, day.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_in_time_are_read_and_written_back() {
        for (text, written) in [
            ("2026-11-26T08:00:00.500Z", Some("2026-11-26T08:00:00.5Z")),
            ("2024-02-29T23:59:59+02:00", Some("2024-02-29T21:59:59Z")),
            ("1969-12-31T23:59:59.999999999Z", Some("1969-12-31T23:59:59.999999999Z")),
            ("0001-01-01T00:00:00Z", Some("0001-01-01T00:00:00Z")),
            ("9999-12-31T23:59:59Z", Some("9999-12-31T23:59:59Z")),
            ("2026-11-26", Some("2026-11-26T00:00:00Z")),
            ("2026-02-29T00:00:00Z", None),
            ("2026-11-26T24:00:00Z", None),
            ("9999-12-31T23:59:59-01:00", None),
            ("2026-11-26T08:00:00", None),
            ("é", None),
        ] {
            let read = Timestamp::parse(text).map(|time| time.to_string());
            assert_eq!(read.as_deref(), written, "{text}");
        }
    }

    #[test]
    fn every_day_is_the_date_that_it_came_from() {
        for day in (-719_162..2_932_896).step_by(97) {
            let (year, month, of_month) = date(day);
            assert_eq!(days(year, month, of_month), day);
            assert!((1..=days_in(year, month)).contains(&of_month));
        }
    }

    #[test]
    fn spans_are_read_as_go_and_iso_8601_write_them() {
        for (text, written) in [
            ("1h30m", Some("5400s")),
            ("-1.5s", Some("-1.5s")),
            ("10ms", Some("0.01s")),
            ("1.000000001s", Some("1.000000001s")),
            ("0", Some("0s")),
            ("PT1H30M", Some("5400s")),
            ("P1DT1S", Some("86401s")),
            ("P2W", Some("1209600s")),
            ("P1Y", None),
            ("P", None),
            ("PT", None),
            ("1", None),
            ("1d", None),
            ("", None),
            ("9223372036854775807ns", Some("9223372036.854775807s")),
            ("9223372036854775808ns", None),
        ] {
            assert_eq!(Duration::parse(text).map(|span| span.to_string()).as_deref(), written, "{text}");
        }
    }
}
