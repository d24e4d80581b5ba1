//! The expansion means the same wherever it stands, and warns of nothing.
//!
//! This file has no assertions to speak of: it holds what it promises by compiling, under lints that
//! are errors here.

#![deny(
    warnings,
    clippy::pedantic,
    clippy::nursery,
    missing_docs,
    single_use_lifetimes,
    unreachable_pub,
    unused_lifetimes,
    unused_qualifications
)]
#![allow(clippy::redundant_pub_crate, reason = "it contradicts `unreachable_pub`")]

use tests::params_of;

/// Everything that the expansion might name, as something else.
#[allow(dead_code, non_camel_case_types, non_upper_case_globals, reason = "they only shadow")]
mod shadowed {
    #![no_implicit_prelude]

    struct Result;
    struct Option;
    struct String;
    struct Vec;
    struct Box;
    struct Params;
    struct ParamsError;
    struct Envelope;
    struct EventType;
    struct str;
    struct Ok;
    struct Err;
    struct Some;
    struct None;
    trait Event {}
    trait Serialize {}
    trait Clone {}
    trait From {}
    trait AsUserId {}
    trait EventField {}
    trait EventRecord {}
    trait Described {}
    struct Schema;
    struct Member;
    mod core {}
    mod std {}
    mod alloc {}
    mod serde {}
    mod event_log {}
    const TYPE: () = ();
    const params: () = ();
    static line: () = ();
    const event: () = ();
    struct value;

    #[derive(::event_log::Event)]
    pub(super) struct AmongShadows<'a, T> {
        pub(super) provider: &'a T,
        #[event(user_id)]
        pub(super) user: u64,
        #[event(skip_none)]
        pub(super) note: ::core::option::Option<T>,
        #[event(pii = "hash")]
        pub(super) hashed: u8,
        #[event(pii = "mask", skip_none)]
        pub(super) masked: ::core::option::Option<u8>,
        #[event(pii = "drop")]
        pub(super) dropped: u8,
    }

    #[derive(::serde::Serialize, ::event_log::EventField)]
    pub(super) struct RecordOfShadows<'a, T> {
        pub(super) value: &'a T,
        #[serde(flatten)]
        pub(super) more: MoreShadows,
        #[serde(skip_serializing_if = "::core::option::Option::is_none")]
        pub(super) text: ::core::option::Option<TextsOfShadows>,
    }

    #[derive(::serde::Serialize, ::event_log::EventField)]
    pub(super) struct MoreShadows {
        #[event(json)]
        pub(super) more: u8,
    }

    #[derive(::serde::Serialize, ::event_log::EventField)]
    #[serde(rename_all = "lowercase")]
    pub(super) enum TextsOfShadows {
        Some,
    }

    #[derive(::event_log::Event)]
    #[event(owner = "tests", unlisted)]
    pub(super) struct OfShadows<'a> {
        pub(super) record: RecordOfShadows<'a, u8>,
        #[event(unit = "ms", deprecated = "old", renamed_from = "before")]
        pub(super) took: ::core::time::Duration,
    }

    ::event_log::list_event!(OfShadows<'static>);

    #[derive(::event_log::Event)]
    pub(super) enum OneOfShadows {
        Ok { some: u8 },
        None,
    }
}

#[test]
fn names_in_scope_change_nothing() {
    let event = shadowed::AmongShadows {
        provider: &1,
        user: 2,
        note: None,
        hashed: 3,
        masked: None,
        dropped: 4,
    };
    let params = params_of(&event);
    assert_eq!((&params["provider"], params["hashed"].is_string()), (&serde_json::json!(1), true));
    assert_eq!(params.as_object().map(serde_json::Map::len), Some(2));
    assert_eq!(params_of(&shadowed::OneOfShadows::Ok { some: 1 }), serde_json::json!({"some": 1}));
    assert_eq!(params_of(&shadowed::OneOfShadows::None), serde_json::json!({}));
    let event = shadowed::OfShadows {
        record: shadowed::RecordOfShadows {
            value: &1,
            more: shadowed::MoreShadows { more: 2 },
            text: Some(shadowed::TextsOfShadows::Some),
        },
        took: std::time::Duration::from_secs(1),
    };
    let expected = serde_json::json!({
        "record": {"value": 1, "more": 2, "text": "some"}, "took": 1000,
    });
    assert_eq!(params_of(&event), expected);
}

/// Macros of the names that an expansion likes to call.
mod shadowed_macros {
    #[allow(unused_macros, reason = "they only shadow")]
    macro_rules! unreachable {
        () => {
            compile_error!("a shadowed macro was called")
        };
    }

    #[derive(event_log::Event)]
    pub(super) struct AmongMacros {
        pub(super) a: u8,
    }
}

#[test]
fn macros_in_scope_change_nothing() {
    assert_eq!(params_of(&shadowed_macros::AmongMacros { a: 1 }), serde_json::json!({"a": 1}));
}

/// An event whose fields bear the names that an expansion likes to bind.
#[derive(event_log::Event)]
#[allow(non_snake_case, reason = "one of them is not")]
struct FieldNames {
    self_: u8,
    event: u8,
    line: u8,
    key: u8,
    value: u8,
    __params: u8,
    __self: u8,
    r#fn: u8,
    fieldParams: u8,
    #[event(rename = "renamed")]
    params: u8,
}

#[test]
fn fields_may_bear_any_name() {
    let event = FieldNames {
        self_: 1,
        event: 2,
        line: 3,
        key: 4,
        value: 5,
        __params: 6,
        __self: 7,
        r#fn: 8,
        fieldParams: 0,
        params: 9,
    };
    assert_eq!(
        params_of(&event),
        serde_json::json!({
            "self_": 1, "event": 2, "line": 3, "key": 4, "value": 5,
            "__params": 6, "__self": 7, "fn": 8, "fieldParams": 0, "renamed": 9
        })
    );
}

/// Parameters that bear the names of items in the expansion.
#[derive(event_log::Event)]
struct ParameterNames<'params, Event, const TYPE: usize> {
    first: &'params Event,
    second: [u8; TYPE],
}

#[test]
fn parameters_may_bear_any_name() {
    let event = ParameterNames { first: &"a", second: [1] };
    assert_eq!(params_of(&event), serde_json::json!({"first": "a", "second": [1]}));
}

/// Methods of the user's own must not be called in place of the trait's.
struct Impostor;

impl Impostor {
    #[expect(dead_code, reason = "it must never be called")]
    fn as_user_id(&self) -> ! {
        unreachable!("{:p} is asked by its own method", self)
    }
}

impl event_log::AsUserId for Impostor {
    fn as_user_id(&self) -> Option<event_log::UserId<'_>> {
        None
    }
}

#[derive(event_log::Event)]
struct Impersonated {
    #[event(user_id)]
    who: Impostor,
}

#[test]
fn methods_of_the_same_name_are_not_called() {
    let event = Impersonated { who: Impostor };
    assert!(event_log::Event::own_envelope(&event).user_id.is_none());
}

macro_rules! define_event {
    ($name:ident, $type:literal, { $($field:ident: $ty:ty,)* }) => {
        #[derive(event_log::Event)]
        #[event(type = $type)]
        struct $name {
            $($field: $ty,)*
            from_the_macro: u8,
            #[event(skip_none)]
            none: Option<u8>,
        }

        #[test]
        fn an_event_may_be_defined_by_a_macro() {
            let event = $name { a: 1, b: "2", from_the_macro: 3, none: None };
            assert_eq!(
                params_of(&event),
                serde_json::json!({"a": 1, "b": "2", "from_the_macro": 3})
            );
        }
    };
}

define_event!(ByMacro, "by_macro", { a: u8, b: &'static str, });

mod deprecated {
    /// An old type.
    #[deprecated]
    #[derive(serde::Serialize, event_log::EventField)]
    #[allow(deprecated, reason = "the field's type is deprecated too")]
    pub(super) struct OldType {
        #[deprecated]
        pub(super) old: u8,
    }

    /// An old event.
    #[deprecated]
    #[derive(event_log::Event)]
    #[allow(deprecated, reason = "the field's type is deprecated too")]
    pub(super) struct OldEvent {
        #[deprecated]
        pub(super) old: OldType,
        #[deprecated]
        #[event(user_id)]
        pub(super) user: u8,
    }

    #[derive(event_log::Event)]
    pub(super) enum Mixed {
        #[deprecated]
        OldVariant {
            #[deprecated]
            a: u8,
        },
        NewVariant,
    }
}

#[test]
#[expect(deprecated, reason = "the test uses what the derive must not warn of")]
fn what_is_deprecated_does_not_warn_in_the_expansion() {
    let event = deprecated::OldEvent { old: deprecated::OldType { old: 2 }, user: 1 };
    assert_eq!(params_of(&event), serde_json::json!({"old": {"old": 2}}));
    assert_eq!(params_of(&deprecated::Mixed::OldVariant { a: 1 }), serde_json::json!({"a": 1}));
    assert_eq!(params_of(&deprecated::Mixed::NewVariant), serde_json::json!({}));
}
