//! Arrays of rows, of which a bad one costs itself only.
//!
//! Each row is cut out of the body as text before it is read, so that a null, a value of a wrong type or a number that
//! no float can hold ends that row and not the body. One row's text is held at a time. Text that is no JSON at all still
//! ends the body: nobody can tell where the next row would begin.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The rows of an array that can be read, in its order; none where the array is null.
pub(super) struct Rows<T>(pub(super) Vec<T>);

/// The next element of `rows`: nothing at the end, `Some(None)` for one that cannot be read.
pub(super) fn next_row<'de, T: DeserializeOwned, A: SeqAccess<'de>>(
    rows: &mut A,
) -> Result<Option<Option<T>>, A::Error> {
    let text = rows.next_element::<Box<RawValue>>()?;
    Ok(text.map(|text| serde_json::from_str(text.get()).ok()))
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RowsVisitor(PhantomData))
    }
}

struct RowsVisitor<T>(PhantomData<T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for RowsVisitor<T> {
    type Value = Rows<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of rows or nothing")
    }

    fn visit_unit<E>(self) -> Result<Rows<T>, E> {
        Ok(Rows::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Rows<T>, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = next_row(&mut elements)? {
            rows.extend(row);
        }
        Ok(Rows(rows))
    }
}
