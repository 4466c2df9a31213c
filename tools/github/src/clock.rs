//! Time as the stand-in has it: real time, and a test may move it on.

use std::time::{SystemTime, UNIX_EPOCH};

/// A clock that can be moved forward.
///
/// It starts at real time, because clients compare `x-ratelimit-reset` with their own clock.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead: u64,
}

impl Clock {
    /// Milliseconds since the epoch.
    pub(crate) fn now(&self) -> u64 {
        let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(real.as_millis()).unwrap_or_default() + self.ahead
    }

    /// Moves on by so many seconds.
    pub(crate) fn advance(&mut self, seconds: u64) {
        self.ahead += seconds * 1000;
    }
}

/// A time as the APIs write it, `2026-01-01T00:00:00Z`, from milliseconds since the epoch.
pub(crate) fn iso(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    let (year, month, day) = date(seconds / 86_400);
    let clock = seconds % 86_400;
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", clock / 3600, clock / 60 % 60, clock % 60)
}

/// The Gregorian date of a number of days after 1970-01-01.
fn date(days: u64) -> (u64, u64, u64) {
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let (mut year, mut left) = (1970, days);
    loop {
        let length = if leap(year) { 366 } else { 365 };
        if left < length {
            break;
        }
        left -= length;
        year += 1;
    }
    let february = if leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    (year, month, left + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_iso_8601() {
        assert_eq!(iso(1_767_225_600_000), "2026-01-01T00:00:00Z");
        assert_eq!(iso(951_827_696_000), "2000-02-29T12:34:56Z");
    }
}
