//! What a handful of measured times comes to.

use std::time::Duration;

/// Times of the same thing, measured several times.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// One more time.
    pub fn push(&mut self, time: Duration) {
        let place = self.0.partition_point(|other| *other <= time);
        self.0.insert(place, time);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The median; of an even number, the mean of the middle two. Zero when nothing was measured.
    pub fn median(&self) -> Duration {
        let upper = self.0.get(self.0.len() / 2);
        let lower = self.0.get(self.0.len().saturating_sub(1) / 2);
        upper.zip(lower).map(|(upper, lower)| (*upper + *lower) / 2).unwrap_or_default()
    }

    /// The 95th percentile: the smallest time that at least 95 % are not longer than (nearest rank). Zero when
    /// nothing was measured.
    pub fn p95(&self) -> Duration {
        let rank = (self.0.len() * 95).div_ceil(100);
        self.0.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }
}

impl FromIterator<Duration> for Times {
    fn from_iter<I: IntoIterator<Item = Duration>>(times: I) -> Self {
        let mut sorted: Vec<Duration> = times.into_iter().collect();
        sorted.sort_unstable();
        Self(sorted)
    }
}

/// How many times `base` fits into `time`; infinite when `base` is zero.
pub fn ratio(time: Duration, base: Duration) -> f64 {
    time.as_secs_f64() / base.as_secs_f64()
}

/// The geometric mean, the right one for ratios: twice as fast here and half as fast there comes to 1. `None` when
/// there is none, or one that is not above zero.
pub fn geometric_mean(ratios: &[f64]) -> Option<f64> {
    if ratios.is_empty() || ratios.iter().any(|ratio| *ratio <= 0.0 || !ratio.is_finite()) {
        return None;
    }
    #[allow(clippy::cast_precision_loss, reason = "a count of measurements is far below 2^52")]
    let count = ratios.len() as f64;
    Some((ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / count).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(milliseconds: impl IntoIterator<Item = u64>) -> Times {
        milliseconds.into_iter().map(Duration::from_millis).collect()
    }

    #[test]
    fn the_median_is_the_middle_or_the_mean_of_the_middle_two() {
        assert_eq!(times([3, 1, 2]).median(), Duration::from_millis(2));
        assert_eq!(times([4, 1, 2, 9]).median(), Duration::from_millis(3));
        assert_eq!(times([7]).median(), Duration::from_millis(7));
        assert_eq!(times([]).median(), Duration::ZERO);
    }

    #[test]
    fn the_95th_percentile_is_by_nearest_rank() {
        assert_eq!(times(1..=100).p95(), Duration::from_millis(95));
        assert_eq!(times(1..=20).p95(), Duration::from_millis(19));
        assert_eq!(times(1..=10).p95(), Duration::from_millis(10));
        assert_eq!(times([7]).p95(), Duration::from_millis(7));
        assert_eq!(times([]).p95(), Duration::ZERO);
    }

    #[test]
    fn times_that_are_added_one_by_one_are_kept_in_order() {
        let mut one_by_one = Times::default();
        for milliseconds in [5, 1, 4, 2, 3] {
            one_by_one.push(Duration::from_millis(milliseconds));
        }
        assert_eq!(one_by_one.median(), Duration::from_millis(3));
        assert_eq!(one_by_one.p95(), Duration::from_millis(5));
        assert_eq!(one_by_one.count(), 5);
    }

    #[test]
    fn twice_as_fast_here_and_half_as_fast_there_comes_to_one() {
        let mean = geometric_mean(&[2.0, 0.5]).unwrap_or_default();
        assert!((mean - 1.0).abs() < 1e-12, "{mean}");
        let mean = geometric_mean(&[1.0, 10.0, 100.0]).unwrap_or_default();
        assert!((mean - 10.0).abs() < 1e-9, "{mean}");
    }

    #[test]
    fn there_is_no_geometric_mean_of_nothing_or_of_what_is_no_ratio() {
        assert_eq!(geometric_mean(&[]), None);
        assert_eq!(geometric_mean(&[1.0, 0.0]), None);
        assert_eq!(geometric_mean(&[1.0, f64::INFINITY]), None);
    }

    #[test]
    fn a_ratio_compares_with_the_base() {
        let value = ratio(Duration::from_millis(300), Duration::from_millis(100));
        assert!((value - 3.0).abs() < 1e-12, "{value}");
    }
}
