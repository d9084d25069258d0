//! A field together with its JSON pointer, so that what is shown and where it can be checked never part.

use std::collections::BTreeMap;

/// A part of the assessment and its JSON pointer.
pub(super) struct At<'a, T> {
    /// The part.
    pub(super) v: &'a T,
    /// The pointer: `/people/count/likely`.
    pub(super) at: String,
}

/// Follows fields by name: `at!(a.people.count)` is the field with the pointer `/people/count` behind that of `a`.
/// A renamed field no longer compiles; a serde rename is caught by `check`.
macro_rules! at {
    ($node:ident $(. $field:ident)+) => {
        $node.field(&$node.v $(.$field)+, concat!($("/", stringify!($field)),+))
    };
}
pub(super) use at;

impl<T> Clone for At<'_, T> {
    fn clone(&self) -> Self {
        At { v: self.v, at: self.at.clone() }
    }
}

impl<'a, T> At<'a, T> {
    /// Stands at the root.
    pub(super) fn root(v: &'a T) -> Self {
        At { v, at: String::new() }
    }

    /// Goes on to a part of this part. Called by `at!`.
    pub(super) fn field<U>(&self, v: &'a U, path: &str) -> At<'a, U> {
        At { v, at: format!("{}{path}", self.at) }
    }
}

impl<'a, T> At<'a, Vec<T>> {
    /// Returns the items with their pointers.
    pub(super) fn items(&self) -> Vec<At<'a, T>> {
        self.first(usize::MAX)
    }

    /// Returns at most `limit` items from the start.
    pub(super) fn first(&self, limit: usize) -> Vec<At<'a, T>> {
        self.v.iter().take(limit).enumerate().map(|(i, v)| At { v, at: format!("{}/{i}", self.at) }).collect()
    }
}

impl<'a, T> At<'a, Option<T>> {
    /// Returns the value if there is one.
    pub(super) fn some(&self) -> Option<At<'a, T>> {
        self.v.as_ref().map(|v| At { v, at: self.at.clone() })
    }
}

impl<'a, K: ToString, V> At<'a, BTreeMap<K, V>> {
    /// Returns keys and values in the order of the keys.
    pub(super) fn entries(&self) -> Vec<(&'a K, At<'a, V>)> {
        let pointer = |key: &K| key.to_string().replace('~', "~0").replace('/', "~1");
        self.v.iter().map(|(key, v)| (key, At { v, at: format!("{}/{}", self.at, pointer(key)) })).collect()
    }
}
