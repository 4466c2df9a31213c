//! Times as lock files write them, and days of the calendar.

/// Seconds since 1970 of a time as lock files write it (RFC 3339, or TOML's form of it), the fraction cut off.
pub(crate) fn seconds(written: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| {
        let digits = written.get(range)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<i64>().ok()).flatten()
    };
    let is = |at: usize, allowed: &[u8]| written.as_bytes().get(at).is_some_and(|byte| allowed.contains(byte));
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    if !is(4, b"-") || !is(7, b"-") || !is(10, b"Tt ") || !is(13, b":") || !is(16, b":") {
        return None;
    }
    let time = number(11..13)? * 3600 + number(14..16)? * 60 + number(17..19)?;
    let rest = written.get(19..)?;
    let zone =
        rest.strip_prefix('.').map_or(rest, |fraction| fraction.trim_start_matches(|c: char| c.is_ascii_digit()));
    let offset = match zone {
        "" | "Z" | "z" => 0,
        _ => {
            let sign = if zone.starts_with('-') { -1 } else { 1 };
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            sign * (hours.parse::<i64>().ok()? * 3600 + minutes.parse::<i64>().ok()? * 60)
        }
    };
    Some(days(year, month, day) * 86_400 + time - offset)
}

/// Days since 1970 of a day of the calendar (Howard Hinnant's `days_from_civil`).
pub(crate) fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_compared_by_the_second() {
        assert_eq!(seconds("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(seconds("2026-07-09T00:00:00.123Z"), Some(1_783_555_200));
        assert_eq!(seconds("2024-02-29 23:59:59.999999+01:00"), Some(1_709_247_599));
        for odd in ["", "yesterday", "2026-07-09", "2026-07-09T00:00:0é"] {
            assert_eq!(seconds(odd), None, "{odd}");
        }
    }
}
