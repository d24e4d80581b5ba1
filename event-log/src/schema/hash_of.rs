//! The schema of a hash: a text, or null where the value may have none.
//!
//! What the derive names as `HashOf::<T>::SCHEMA` is the constant of [`HashOf`] if `T` has a
//! [`HashText`], and that of [`HashOfAnything`] if not. So a type that has none gets one error, where its
//! field is written, and not a second one for its schema.

use std::marker::PhantomData;

use super::Schema;
use crate::pii::HashText;

/// The hashes of values of type `T`.
#[derive(Debug)]
pub struct HashOf<T: ?Sized>(PhantomData<T>);

impl<T: HashText + ?Sized> HashOf<T> {
    /// A text, or null if the value may have none.
    pub const SCHEMA: Schema =
        if T::IS_OPTIONAL { Schema::STRING.optional() } else { Schema::STRING };
}

/// Stands in where there is no [`HashText`].
pub trait HashOfAnything {
    /// Never read: the field does not compile.
    const SCHEMA: Schema = Schema::STRING;
}

impl<T: ?Sized> HashOfAnything for HashOf<T> {}
