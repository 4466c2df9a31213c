//! What the cross-validation says, and the levels that are chosen by it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use pychain_core::confusable::FEATURES;

use super::regression::score;
use super::{Candidate, Case};

/// The number of the feature that every name with words around its target has.
pub(crate) const AFFIX: usize = {
    let mut at = 0;
    while !matches!(FEATURES[at].as_bytes(), b"affix") {
        at += 1;
    }
    at
};

/// The strongest candidate of a name, by weights that were learned without its family.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    score: f64,
    is_right: bool,
    is_affix: bool,
}

impl Default for Held {
    fn default() -> Self {
        Self { score: f64::NEG_INFINITY, is_right: false, is_affix: false }
    }
}

impl Held {
    pub(crate) fn of(best: Option<&Candidate>, weights: &[f64]) -> Self {
        best.map_or(Self::default(), |best| Self {
            score: score(weights, &best.values),
            is_right: best.is_right,
            is_affix: best.values[AFFIX] > 0.0,
        })
    }
}

/// The chosen levels, and by how much names with words around the target are raised to share them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Levels {
    pub(crate) warn: f64,
    pub(crate) strict: f64,
    pub(crate) affix: f64,
}

/// Of legitimate names, per cent by what their class begins with, so many may be flagged in the cross-validation. Below
/// what was asked for, because the figures are uncertain by as much. Of the hard names both kinds are counted together
/// too: the nearer ones are a third of them, and their limit alone lets the others go beyond what was asked for.
const WARN: &[(&str, f64)] = &[("midtail", 0.9), ("near", 16.5), ("top15k", 2.0), ("hard d<=1", 25.0), ("hard", 12.3)];
const STRICT: &[(&str, f64)] = &[("midtail", 0.3), ("near", 12.5), ("top15k", 1.4), ("hard d<=1", 21.0)];
/// What decides for names with words around a target.
const WARN_AFFIX: &[(&str, f64)] = &[("brandcombo", 2.1)];

/// Chooses the levels, raises the scores accordingly, and tells the figures at each level.
pub(crate) fn choose(cases: &[Case], held: &mut [Held]) -> (String, Levels) {
    let steps = lowest(cases, held, WARN, |held| !held.is_affix);
    let affix = steps - lowest(cases, held, WARN_AFFIX, |_| true);
    held.iter_mut().filter(|held| held.is_affix).for_each(|held| held.score += affix);
    let warn = lowest(cases, held, WARN, |_| true).max(steps);
    let strict = lowest(cases, held, STRICT, |_| true);
    let mut report = String::new();
    for (name, at) in [("warn", warn), ("strict", strict)] {
        let _ = writeln!(report, "{name} at {at:.3}");
        summary(cases, held, at, &mut report);
    }
    (report, Levels { warn, strict, affix })
}

/// The lowest score from which on every class keeps its limit.
fn lowest(cases: &[Case], held: &[Held], limits: &[(&str, f64)], is_counted: fn(&Held) -> bool) -> f64 {
    let of_class = |(class, limit): &(&str, f64)| {
        let all = || cases.iter().zip(held).filter(|(case, _)| case.class.starts_with(*class));
        let mut scores: Vec<f64> = all().filter(|(_, held)| is_counted(held)).map(|(_, held)| held.score).collect();
        scores.sort_by(|a, b| b.total_cmp(a));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a list"
        )]
        let at = (all().count() as f64 * limit / 100.0) as usize;
        scores.get(at).map_or(f64::NEG_INFINITY, |score| score + 1e-6)
    };
    limits.iter().map(of_class).fold(f64::NEG_INFINITY, f64::max)
}

fn summary(cases: &[Case], held: &[Held], at: f64, out: &mut String) {
    let mut families: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    let mut classes: BTreeMap<&str, [u32; 3]> = BTreeMap::new();
    for (case, held) in cases.iter().zip(held) {
        let is_flagged = held.score >= at;
        let [all, flagged, right] = classes.entry(&case.class).or_default();
        *all += 1;
        *flagged += u32::from(is_flagged);
        *right += u32::from(is_flagged && held.is_right);
        if case.class.starts_with(|c: char| c.is_ascii_digit()) {
            let (all, found) = families.entry(&case.group).or_default();
            *all += 1.0;
            *found += f64::from(u8::from(is_flagged));
        }
    }
    let count = f64::from(u32::try_from(families.len().max(1)).unwrap_or(u32::MAX));
    let attacks: Vec<&[u32; 3]> = classes
        .iter()
        .filter(|(class, _)| class.starts_with(|c: char| c.is_ascii_digit()))
        .map(|(_, tally)| tally)
        .collect();
    let sum = |part: usize| attacks.iter().map(|tally| tally[part]).sum::<u32>();
    let share = |part: u32, all: u32| 100.0 * f64::from(part) / f64::from(all.max(1));
    let macro_recall = 100.0 * families.values().map(|(all, found)| found / all).sum::<f64>() / count;
    let _ = writeln!(
        out,
        "  {:<18}{:>6}  {:6.2}%  macro {macro_recall:.2}%, named {:.2}%",
        "attacks",
        sum(0),
        share(sum(1), sum(0)),
        share(sum(2), sum(1))
    );
    for (class, [all, flagged, _]) in classes {
        let _ = writeln!(out, "  {class:<18}{all:>6}  {:6.2}%", share(flagged, all));
    }
}
