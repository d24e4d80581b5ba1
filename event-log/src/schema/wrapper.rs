//! The schemas of types that hold values of others: options, pointers, cells, lists, sets, maps.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::num::{Saturating, Wrapping};
use std::rc::Rc;
use std::sync::{Arc, Mutex, RwLock};

use super::{EventField, EventKey, Schema};

impl<T: EventField> EventField for Option<T> {
    const SCHEMA: Schema = T::SCHEMA.optional();
}

macro_rules! transparent {
    ($([$($generics:tt)*] $wrapper:ty;)+) => {$(
        impl<$($generics)*> EventField for $wrapper {
            const SCHEMA: Schema = T::SCHEMA;
        }
    )+};
}

transparent! {
    [T: EventField + ?Sized] &T;
    [T: EventField + ?Sized] &mut T;
    [T: EventField + ?Sized] Box<T>;
    [T: EventField + ?Sized] Rc<T>;
    [T: EventField + ?Sized] Arc<T>;
    [T: EventField + ToOwned + ?Sized] Cow<'_, T>;
    [T: EventField] Cell<T>;
    [T: EventField + ?Sized] RefCell<T>;
    [T: EventField + ?Sized] Mutex<T>;
    [T: EventField + ?Sized] RwLock<T>;
    [T: EventField] Reverse<T>;
    [T: EventField] Wrapping<T>;
    [T: EventField] Saturating<T>;
}

macro_rules! lists {
    ($([$($generics:tt)*] $list:ty;)+) => {$(
        impl<T: EventField, $($generics)*> EventField for $list {
            const SCHEMA: Schema = Schema::list(&T::SCHEMA);
        }
    )+};
}

lists! {
    [] [T];
    [const N: usize] [T; N];
    [] Vec<T>;
    [] VecDeque<T>;
    [] LinkedList<T>;
    [] BinaryHeap<T>;
    [] BTreeSet<T>;
    [S] HashSet<T, S>;
}

impl<K: EventKey, T: EventField> EventField for BTreeMap<K, T> {
    const SCHEMA: Schema = Schema::map(&T::SCHEMA);
}

impl<K: EventKey, T: EventField, S> EventField for HashMap<K, T, S> {
    const SCHEMA: Schema = Schema::map(&T::SCHEMA);
}
