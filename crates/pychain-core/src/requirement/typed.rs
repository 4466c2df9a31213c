//! The one door to `pep508_rs`: typed versions and marker algebra for texts that our grammar accepted.
//!
//! What the crate must never see, measured on 0.9.2: names or extras that end in `-`, `_` or `.`
//! (panics), non-ASCII text (its errors panic when printed), `${` (it expands the environment), and
//! `~=` between anything but a version variable and a version (a panic that poisons a process-wide
//! lock). It is never asked to print: it normalizes and re-orders what people wrote.

use std::str::FromStr as _;

use pep508_rs::pep440_rs::VersionSpecifier;
pub use pep508_rs::pep440_rs::{Version, VersionSpecifiers};
use pep508_rs::{MarkerTree, VerbatimUrl};

use super::{Comparison, Marker, MarkerExpression, MarkerValue, Specifier};

/// A version, or `None` where it is none by PEP 440.
pub fn version(text: &str) -> Option<Version> {
    text.is_ascii().then(|| Version::from_str(text).ok()).flatten()
}

/// Specifiers, or `None` where one of them (`===` with free text) has no typed form.
pub fn specifiers(specifiers: &[Specifier]) -> Option<VersionSpecifiers> {
    specifiers
        .iter()
        .map(|specifier| {
            let text = format!("{}{}", specifier.operator, specifier.version);
            text.is_ascii().then(|| VersionSpecifier::from_str(&text).ok()).flatten()
        })
        .collect()
}

/// How long a marker may be for the algebra, whose diagrams take time and memory with the square of that and more. What a
/// resolver writes for all platforms has some hundred bytes.
const MAX_MARKER: usize = 4096;

/// The marker in `pep508_rs`'s decision diagrams, or `None` where the crate reads it otherwise than packaging.
pub fn marker(marker: &Marker) -> Option<MarkerTree> {
    if !is_safe(&marker.expression()) {
        return None;
    }
    let text = marker.to_string();
    if text.len() > MAX_MARKER || !text.is_ascii() || text.contains("${") {
        return None;
    }
    MarkerTree::parse_str::<VerbatimUrl>(&text).ok()
}

/// Whether two markers can never hold together. `false` where it cannot be told.
pub fn are_disjoint(one: &Marker, other: &Marker) -> bool {
    matches!((marker(one), marker(other)), (Some(one), Some(other)) if one.is_disjoint(&other))
}

fn is_safe(expression: &MarkerExpression<'_>) -> bool {
    match expression {
        MarkerExpression::Or(parts) | MarkerExpression::And(parts) => parts.iter().all(is_safe),
        MarkerExpression::Comparison(comparison) => is_ordinary(comparison),
    }
}

/// A variable against a text, versions with ordered operators and final releases, texts with `==`, `!=`, `in`.
fn is_ordinary(comparison: &Comparison) -> bool {
    let (variable, text) = match (&comparison.left, &comparison.right) {
        (MarkerValue::Variable(variable), MarkerValue::Text(text))
        | (MarkerValue::Text(text), MarkerValue::Variable(variable)) => (*variable, text),
        _ => return false,
    };
    let plain = !text.contains(['"', '\'', '\\']);
    match variable {
        "python_version" | "python_full_version" | "implementation_version" => {
            !matches!(comparison.operator, "in" | "not in" | "===" | "~=")
                && version(text.trim_end_matches(".*"))
                    .is_some_and(|version| !version.any_prerelease() && !version.is_local())
                && matches!(comparison.left, MarkerValue::Variable(_))
        }
        "extras" | "dependency_groups" | "extra" => false,
        _ => plain && matches!(comparison.operator, "==" | "!="),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requirement::parse_marker;

    fn disjoint(one: &str, other: &str) -> bool {
        are_disjoint(&parse_marker(one).expect(one), &parse_marker(other).expect(other))
    }

    #[test]
    fn markers_that_exclude_each_other_are_seen() {
        assert!(disjoint("python_version < '3.8'", "python_version >= '3.8'"));
        assert!(disjoint("sys_platform == 'win32'", "sys_platform != 'win32' and python_version > '3'"));
        assert!(!disjoint("python_version < '3.9'", "python_version >= '3.8'"));
    }

    #[test]
    fn what_the_crate_reads_otherwise_is_not_shown_to_it() {
        for text in [
            "'3' ~= sys_platform",
            "'a' == 'b'",
            "python_version not in '3.0, 3.1'",
            "python_version ~= 'fred'",
            "os_name == 'é'",
        ] {
            assert!(marker(&parse_marker(text).expect(text)).is_none(), "{text}");
        }
        let long = vec!["python_version == '3.8'"; 200].join(" or ");
        assert!(marker(&parse_marker(&long).expect("a marker")).is_none());
    }
}
