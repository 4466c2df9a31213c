//! Reads what the page writes itself, its worker and the report: JSON, one value at a time.
//!
//! Each type that is read by a derived `Deserialize` takes two kilobytes of program; here it takes a list of its members.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

/// A type that is read from JSON.
pub(crate) trait FromJson: Sized {
    /// Reads a value; none where it is another one.
    fn from_json(value: Json<'_>) -> Option<Self>;
}

/// Reads a text.
pub(crate) fn read<T: FromJson>(text: &str) -> Option<T> {
    T::from_json(serde_json::from_str(text).ok()?)
}

/// A value as it stands in the text. There are no fractions in what is read here.
#[derive(Debug)]
pub(crate) enum Json<'t> {
    Null,
    Bool(bool),
    Number(i64),
    Text(Cow<'t, str>),
    List(Vec<Json<'t>>),
    Object(Members<'t>),
}

/// The members of an object.
#[derive(Debug)]
pub(crate) struct Members<'t>(Vec<(Cow<'t, str>, Json<'t>)>);

impl<'t> Json<'t> {
    /// The members of an object.
    pub(crate) fn members(self) -> Option<Members<'t>> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    /// A text.
    pub(crate) fn text(self) -> Option<Cow<'t, str>> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// A variant of an `enum` as serde writes it: its name, alone or before what it holds.
    pub(crate) fn variant(self) -> Option<(Cow<'t, str>, Self)> {
        match self {
            Self::Text(name) => Some((name, Self::Null)),
            Self::Object(Members(mut members)) if members.len() == 1 => members.pop(),
            _ => None,
        }
    }
}

impl Members<'_> {
    /// Reads a member and takes it out; one that is not there is null.
    pub(crate) fn take<T: FromJson>(&mut self, name: &str) -> Option<T> {
        let at = self.0.iter().position(|(key, _)| key == name);
        T::from_json(at.map_or(Json::Null, |at| self.0.swap_remove(at).1))
    }
}

/// Reads an object into a type: each field from the member of its name.
macro_rules! members {
    ($type:ident: $($field:ident),+) => {
        impl $crate::json::FromJson for $type {
            fn from_json(value: $crate::json::Json<'_>) -> Option<Self> {
                let mut members = value.members()?;
                Some(Self { $($field: members.take(stringify!($field))?),+ })
            }
        }
    };
}

/// Reads a text into one of an `enum`'s values, each by the text that is written for it.
macro_rules! texts {
    ($type:ident: $($variant:ident $text:literal),+) => {
        impl $crate::json::FromJson for $type {
            fn from_json(value: $crate::json::Json<'_>) -> Option<Self> {
                Some(match &*value.text()? {
                    $($text => Self::$variant,)+
                    _ => return None,
                })
            }
        }
    };
}

pub(crate) use {members, texts};

impl FromJson for bool {
    fn from_json(value: Json<'_>) -> Option<Self> {
        if let Json::Bool(value) = value { Some(value) } else { None }
    }
}

impl FromJson for i64 {
    fn from_json(value: Json<'_>) -> Option<Self> {
        if let Json::Number(number) = value { Some(number) } else { None }
    }
}

impl FromJson for u32 {
    fn from_json(value: Json<'_>) -> Option<Self> {
        Self::try_from(i64::from_json(value)?).ok()
    }
}

impl FromJson for usize {
    fn from_json(value: Json<'_>) -> Option<Self> {
        Self::try_from(i64::from_json(value)?).ok()
    }
}

impl FromJson for String {
    fn from_json(value: Json<'_>) -> Option<Self> {
        value.text().map(Cow::into_owned)
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(value: Json<'_>) -> Option<Self> {
        if let Json::Null = value { Some(None) } else { T::from_json(value).map(Some) }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: Json<'_>) -> Option<Self> {
        if let Json::List(values) = value { values.into_iter().map(T::from_json).collect() } else { None }
    }
}

impl<A: FromJson, B: FromJson> FromJson for (A, B) {
    fn from_json(value: Json<'_>) -> Option<Self> {
        let Json::List(values) = value else { return None };
        let [a, b] = <[Json<'_>; 2]>::try_from(values).ok()?;
        Some((A::from_json(a)?, B::from_json(b)?))
    }
}

impl<T: FromJson, E: FromJson> FromJson for Result<T, E> {
    fn from_json(value: Json<'_>) -> Option<Self> {
        let (name, value) = value.variant()?;
        match &*name {
            "Ok" => T::from_json(value).map(Ok),
            "Err" => E::from_json(value).map(Err),
            _ => None,
        }
    }
}

impl<'t> Deserialize<'t> for Json<'t> {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'t> Visitor<'t> for Reader {
    type Value = Json<'t>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value without fractions")
    }

    fn visit_unit<E>(self) -> Result<Json<'t>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'t>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json<'t>, E> {
        Ok(Json::Number(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json<'t>, E> {
        Ok(Json::Number(i64::try_from(number).unwrap_or(i64::MAX)))
    }

    fn visit_borrowed_str<E>(self, text: &'t str) -> Result<Json<'t>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'t>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut list: A) -> Result<Json<'t>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Json::List(values))
    }

    fn visit_map<A: MapAccess<'t>>(self, mut object: A) -> Result<Json<'t>, A::Error> {
        let mut members = Vec::new();
        while let Some((key, value)) = object.next_entry::<Json<'t>, Json<'t>>()? {
            members.extend(key.text().map(|key| (key, value)));
        }
        Ok(Json::Object(Members(members)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Sample {
        text: String,
        number: Option<u32>,
        pairs: Vec<(bool, i64)>,
    }

    members!(Sample: text, number, pairs);

    #[test]
    fn members_are_read_by_their_names() {
        let sample = |text: &str, number| Some(Sample { text: text.to_owned(), number, pairs: vec![(true, -2)] });
        let json = r#"{"pairs": [[true, -2]], "else": {"a": [null, 1]}, "number": 7, "text": "a\n\u00e9"}"#;
        assert_eq!(read(json), sample("a\né", Some(7)));
        assert_eq!(read(r#"{"text": "b", "pairs": [[true, -2]]}"#), sample("b", None));
        for wrong in ["", "[]", "{}", r#"{"text": 1, "pairs": []}"#, r#"{"text": "", "pairs": [[true]]}"#, "{\"text\""]
        {
            assert_eq!(read::<Sample>(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn variants_are_read_as_serde_writes_them() {
        for value in [Ok("a".to_owned()), Err(4_u32)] {
            assert_eq!(read(&serde_json::to_string(&value).unwrap()), Some(value));
        }
        assert_eq!(read::<Result<u32, u32>>(r#"{"Ok": -1}"#), None);
    }
}
