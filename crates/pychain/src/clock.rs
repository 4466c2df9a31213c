//! Today's date, the one fact about the moment that an audit takes.

use std::time::{SystemTime, UNIX_EPOCH};

use pychain_core::config::Date;

/// Today in UTC, or `None` where the clock stands outside the years that a date can hold.
pub(crate) fn today() -> Option<Date> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    civil_from_days(seconds / 86_400)
}

/// Howard Hinnant's `civil_from_days`, for days since 1970-01-01.
/// <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>
fn civil_from_days(days: u64) -> Option<Date> {
    let days = days + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    Date::new(u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_since_the_epoch_become_dates() {
        for (days, date) in [
            (0, "1970-01-01"),
            (58, "1970-02-28"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (20_779, "2026-11-22"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!(civil_from_days(days), Date::parse(date), "{date}");
        }
    }

    #[test]
    fn every_day_of_a_century_follows_the_one_before() {
        let dates: Vec<_> = (0..36_525).map(civil_from_days).collect();
        assert!(dates.iter().all(Option::is_some));
        assert!(dates.is_sorted_by(|a, b| a < b));
    }
}
