//! How a command ended.

use setpoint_core::report::Verdict;

/// How a command ended; DESIGN names the exit codes. Ordered by what is reported when several things happened: the
/// graver one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    #[default]
    Pass,
    Undecided,
    Fail,
    /// The outside failed; safe to run again.
    Outside,
    /// The command line or the project file is wrong.
    Usage,
    Internal,
}

impl Outcome {
    pub(crate) const fn exit_code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Fail => 1,
            Self::Usage => 2,
            Self::Undecided => 3,
            Self::Outside => 4,
            Self::Internal => 70,
        }
    }

    /// The outcome that ends with this exit code.
    pub(crate) const fn of_exit_code(code: u8) -> Self {
        match code {
            0 => Self::Pass,
            1 => Self::Fail,
            2 => Self::Usage,
            3 => Self::Undecided,
            4 => Self::Outside,
            _ => Self::Internal,
        }
    }
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass => Self::Pass,
            Verdict::Undecided => Self::Undecided,
            Verdict::Fail => Self::Fail,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_path_weighs_more_than_findings_and_findings_more_than_doubt() {
        assert!(Outcome::Usage > Outcome::Outside);
        assert!(Outcome::Outside > Outcome::Fail);
        assert!(Outcome::Fail > Outcome::Undecided);
        for code in [0, 1, 2, 3, 4, 70] {
            assert_eq!(Outcome::of_exit_code(code).exit_code(), code);
        }
    }
}
