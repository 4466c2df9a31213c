//! JSON with places: `serde_json` hands out slices of the text, and a slice knows where it begins.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::model::Word;
use crate::text::Span;

/// A JSON text.
#[derive(Clone, Copy)]
pub(super) struct Json<'t>(pub(super) &'t str);

/// A value of it, not yet taken apart.
pub(super) type Value<'t> = &'t RawValue;

impl<'t> Json<'t> {
    /// The whole text as one value; the parser checks all of it here.
    pub(super) fn parse(self) -> Result<Value<'t>, serde_json::Error> {
        serde_json::from_str(self.0)
    }

    /// Where a value stands.
    pub(super) fn span(self, value: Value<'t>) -> Span {
        let start = value.get().as_ptr().addr().wrapping_sub(self.0.as_ptr().addr());
        Span::new(start, start + value.get().len())
    }

    /// A string; its place is between the quotes.
    pub(super) fn word(self, value: Value<'t>) -> Option<Word> {
        let text: String = is_text(value).then(|| serde_json::from_str(value.get()).ok()).flatten()?;
        let span = self.span(value);
        Some(Word { value: text, span: Span::new(span.range().start + 1, span.range().end - 1) })
    }

    /// The place of the 1-based line and column, in bytes, that an error names.
    pub(super) fn place(self, error: &serde_json::Error) -> Span {
        let before: usize = self.0.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        let mut at = (before + error.column().saturating_sub(1)).min(self.0.len());
        while !self.0.is_char_boundary(at) {
            at -= 1;
        }
        let end = self.0.get(at..).and_then(|rest| rest.chars().next()).map_or(at, |c| at + c.len_utf8());
        Span::new(at, end)
    }
}

fn is_text(value: Value<'_>) -> bool {
    value.get().starts_with('"')
}

/// The text of a string.
pub(super) fn text(value: Value<'_>) -> Option<String> {
    is_text(value).then(|| serde_json::from_str(value.get()).ok()).flatten()
}

/// Whether it is `true`.
pub(super) fn is_true(value: Value<'_>) -> bool {
    value.get() == "true"
}

/// The members of an object, in order.
pub(super) fn members<'t>(value: Value<'t>) -> Option<Vec<(Value<'t>, Value<'t>)>> {
    struct Members<'t>(Vec<(Value<'t>, Value<'t>)>);
    struct InOrder;
    impl<'t> Visitor<'t> for InOrder {
        type Value = Members<'t>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = map.next_entry()? {
                members.push(member);
            }
            Ok(Members(members))
        }
    }
    impl<'t> Deserialize<'t> for Members<'t> {
        fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_map(InOrder)
        }
    }
    serde_json::from_str::<Members<'t>>(value.get()).ok().map(|members| members.0)
}

/// The elements of an array.
pub(super) fn elements<'t>(value: Value<'t>) -> Option<Vec<Value<'t>>> {
    struct Elements<'t>(Vec<Value<'t>>);
    struct InOrder;
    impl<'t> Visitor<'t> for InOrder {
        type Value = Elements<'t>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array")
        }

        fn visit_seq<A: SeqAccess<'t>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let mut elements = Vec::new();
            while let Some(element) = seq.next_element()? {
                elements.push(element);
            }
            Ok(Elements(elements))
        }
    }
    impl<'t> Deserialize<'t> for Elements<'t> {
        fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_seq(InOrder)
        }
    }
    serde_json::from_str::<Elements<'t>>(value.get()).ok().map(|elements| elements.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_where_they_stand() {
        let json = Json(" {\"a\\u0062\": [1, \"x\"], \"b\" : {\"c\": \"\"}}");
        let top = members(json.parse().expect("JSON")).expect("an object");
        let slice = |span: Span| json.0.get(span.range());
        assert_eq!(top.iter().map(|(key, _)| text(key).unwrap()).collect::<Vec<_>>(), ["ab", "b"]);
        assert_eq!(slice(json.span(top[0].1)), Some("[1, \"x\"]"));
        let word = json.word(elements(top[0].1).expect("an array")[1]).expect("a string");
        assert_eq!(slice(word.span), Some("x"));
        assert!(members(top[0].1).is_none() && elements(top[1].1).is_none());
    }

    #[test]
    fn an_error_has_a_place_in_the_text() {
        for (text, at) in [("{\"a\": é}", 6), ("{\n  \"a\": 1,\n}", 12), ("", 0), ("{\"é", 2)] {
            let error = Json(text).parse().expect_err(text);
            assert_eq!(Json(text).place(&error).start, at, "{text}");
        }
    }
}
