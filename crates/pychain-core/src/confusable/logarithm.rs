//! Natural logarithms and powers, worked out here: the standard library leaves both to the system's, which differ in the last
//! digit from one system to the next and are half a megabyte of a process.

use std::f64::consts::{LN_2, LOG2_E};

const MANTISSA: u32 = 52;
const BIAS: i64 = 1023;

/// The natural logarithm of a number from 1 on.
pub(super) fn ln(number: f32) -> f32 {
    let bits = f64::from(number.max(1.0)).to_bits();
    // As a power of two and what is left of it, from 1 up to 2.
    let power = f64::from(u32::try_from(bits >> MANTISSA).unwrap_or_default()) - 1023.0;
    let rest = f64::from_bits(bits & ((1 << MANTISSA) - 1) | BIAS.cast_unsigned() << MANTISSA);
    // ln(rest) = 2 (t + t³/3 + t⁵/5 + …), where t is at most a third.
    let t = (rest - 1.0) / (rest + 1.0);
    let series = (0..16).rev().fold(0.0, |sum, n| sum * t * t + 1.0 / f64::from(2 * n + 1));
    rounded(power * LN_2 + 2.0 * t * series)
}

/// A power of e.
pub(super) fn exp(exponent: f32) -> f32 {
    let exponent = f64::from(exponent.clamp(-200.0, 200.0));
    // As a power of two and what is left, at most half of ln(2).
    #[expect(clippy::cast_possible_truncation, reason = "it is clamped, and cut to a whole number on purpose")]
    let power = (exponent * LOG2_E + 512.5) as i32 - 512;
    let rest = exponent - f64::from(power) * LN_2;
    let series = (1..16).rev().fold(1.0, |sum, n| 1.0 + sum * rest / f64::from(n));
    rounded(series * f64::from_bits((i64::from(power) + BIAS).cast_unsigned() << MANTISSA))
}

#[expect(clippy::cast_possible_truncation, reason = "to the nearest number of single precision")]
fn rounded(number: f64) -> f32 {
    number as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a number is the nearest one there is, or as near as makes no difference.
    fn is_close(ours: f32, exact: f64) -> bool {
        (f64::from(ours) - exact).abs() <= exact.abs() * f64::from(f32::EPSILON) * 0.51
    }

    #[test]
    fn logarithms_are_right() {
        for number in 1..=u16::MAX {
            assert!(is_close(ln(number.into()), f64::from(number).ln()), "{number}");
        }
    }

    #[test]
    fn powers_are_right() {
        for step in i16::MIN..=i16::MAX {
            let exponent = f32::from(step) / 400.0;
            assert!(is_close(exp(exponent), f64::from(exponent).exp()), "{exponent}");
        }
        assert!(exp(-1000.0) < f32::MIN_POSITIVE && exp(1000.0).is_infinite());
    }
}
