//! The rules, one function each; every rule that is broken is reported.
//!
//! What the type system can hold is not here: that a field serializes, that an option of an envelope
//! key stands on a type that can fill it, that `skip_none` stands on an `Option`.

use std::collections::HashMap;

use crate::ast::{Event, Field, Name, Role, Target, Variant};
use crate::attr::Options;
use crate::key::Key;
use crate::name::{
    self, ENVELOPE_KEYS, LOGGERS_OWN_PREFIX, MAX_PARAM_NAME, MAX_TYPE_NAME, PARTITION_COLUMNS,
};
use crate::personal::{self, Personal};
use crate::report::Report;

/// Applies every rule to every part.
pub(crate) fn check(event: &Event, report: &mut Report) {
    for variant in &event.variants {
        type_name_is_snake_case(&variant.type_name, report);
        type_name_is_short(&variant.type_name, report);
        type_name_is_not_the_loggers(&variant.type_name, report);
        let options = if variant.ident.is_some() { &variant.options } else { &event.options };
        earlier_type_name_is_one(options, &variant.type_name, report);
        for field in &variant.fields {
            every_option_has_a_meaning(field, report);
            personal_data_has_one_treatment(field, report);
            texts_say_something(&field.options, report);
        }
        texts_say_something(&variant.options, report);
        for (field, name) in named_params(variant) {
            earlier_column_is_one(&field.options, name, report);
        }
        for name in params(variant) {
            param_is_a_column_name(name, report);
            param_is_short(name, report);
            param_is_not_an_envelope_key(name, report);
            param_is_not_a_partition_column(name, report);
        }
        params_differ_in_more_than_case(variant, report);
        each_role_is_played_once(variant, report);
    }
    texts_say_something(&event.options, report);
    variants_have_types_of_their_own(event, report);
}

fn type_name_is_snake_case(name: &Name, report: &mut Report) {
    if !name::is_snake_case(&name.text) {
        let message = format!(
            "{name} is not the name of a type of event, which is snake_case in ASCII; name it with \
             #[event(type = \"...\")]"
        );
        report.mistake(name.span, message);
    }
}

/// The name becomes a table of a query engine and a directory of a lake, both of limited length.
fn type_name_is_short(name: &Name, report: &mut Report) {
    if name.text.len() > MAX_TYPE_NAME {
        let message = format!(
            "{name} has {} bytes, but the name of a type of event has at most {MAX_TYPE_NAME}; give \
             a shorter one with #[event(type = \"...\")]",
            name.text.len()
        );
        report.mistake(name.span, message);
    }
}

/// A reader of the stream must be able to tell what the application said from what the logger did.
fn type_name_is_not_the_loggers(name: &Name, report: &mut Report) {
    if name.text.starts_with(LOGGERS_OWN_PREFIX) {
        let message = format!(
            "{name} starts with `{LOGGERS_OWN_PREFIX}`, which marks the logger's own events; name it \
             otherwise with #[event(type = \"...\")]"
        );
        report.mistake(name.span, message);
    }
}

/// Rows of two types in one table cannot be told apart again.
fn variants_have_types_of_their_own(event: &Event, report: &mut Report) {
    let mut seen = HashMap::new();
    for Variant { ident, type_name, .. } in &event.variants {
        let Some(earlier) = seen.insert(&type_name.text, *ident).flatten() else { continue };
        let message = format!(
            "{type_name} is already the type of the variant `{earlier}`; name one of the two \
             otherwise with #[event(type = \"...\")]"
        );
        report.mistake(type_name.span, message);
    }
}

fn param_is_a_column_name(name: &Name, report: &mut Report) {
    if !name::is_column_name(&name.text) {
        let message = format!(
            "{name} cannot be a column name, which holds only ASCII letters, digits and `_` and does \
             not start with a digit; rename it with #[event(rename = \"...\")]"
        );
        report.mistake(name.span, message);
    }
}

fn param_is_short(name: &Name, report: &mut Report) {
    if name.text.len() > MAX_PARAM_NAME {
        let message = format!(
            "{name} has {} bytes, but the name of a param has at most {MAX_PARAM_NAME}; give a \
             shorter one with #[event(rename = \"...\")]",
            name.text.len()
        );
        report.mistake(name.span, message);
    }
}

/// Loading a lake puts the params beside these keys, and query engines ignore case.
fn param_is_not_an_envelope_key(name: &Name, report: &mut Report) {
    let Some(key) = find_ignoring_case(&ENVELOPE_KEYS, name) else { return };
    let is = is_but_for_its_case(name, key);
    let or_fill_it = match Role::ALL.into_iter().find(|role| role.key().as_str() == key) {
        Some(role) => format!("fill that key with #[event({})], or ", role.key()),
        None => String::new(),
    };
    let message = format!(
        "{name} {is} a key the logger writes itself; {or_fill_it}rename it with \
         #[event(rename = \"...\")]"
    );
    report.mistake(name.span, message);
}

/// A table fails as a whole when a record brings a column by which it is partitioned.
fn param_is_not_a_partition_column(name: &Name, report: &mut Report) {
    let Some(column) = find_ignoring_case(&PARTITION_COLUMNS, name) else { return };
    let is = is_but_for_its_case(name, column);
    let message = format!(
        "{name} {is} a column by which a lake is partitioned; rename it with \
         #[event(rename = \"...\")]"
    );
    report.mistake(name.span, message);
}

/// Query engines ignore case, and some fail the whole query on a record that has one column twice.
fn params_differ_in_more_than_case(variant: &Variant, report: &mut Report) {
    let mut seen = HashMap::new();
    // A reserved name has its mistake already, and goes away with it.
    for name in params(variant).filter(|name| !is_reserved(name)) {
        let Some(earlier) = seen.insert(name.text.to_ascii_lowercase(), name) else { continue };
        let clash = if earlier.text == name.text {
            format!("{name} is already the name of another param")
        } else {
            format!("{name} differs from the param {earlier} only in case")
        };
        let message = format!("{clash}; rename one of the two with #[event(rename = \"...\")]");
        report.mistake(name.span, message);
    }
}

/// An option that changes nothing is a misunderstanding.
fn every_option_has_a_meaning(field: &Field, report: &mut Report) {
    let (decisive, reason) = match field.target {
        Target::Skipped if field.options.find(Key::Skip).is_none() => (Key::Pii, "goes nowhere"),
        Target::Skipped => (Key::Skip, "goes nowhere"),
        Target::Envelope(role) => (role.key(), "goes into the envelope"),
        Target::Param { .. } => return,
    };
    let is_hashed_user_id = |key| key == Key::Pii && decisive == Key::UserId;
    let meaningless = |key| key != decisive && !is_hashed_user_id(key);
    for entry in field.options.entries.iter().filter(|entry| meaningless(entry.key)) {
        let message = format!(
            "`{}` means nothing beside `{decisive}`, with which the field {reason}; remove one of \
             the two",
            entry.key
        );
        report.mistake(entry.key_span, message);
    }
}

/// What becomes of personal data must be said once, and be possible.
fn personal_data_has_one_treatment(field: &Field, report: &mut Report) {
    let (Some(personal), Some(entry)) = (field.personal, field.options.find(Key::Pii)) else {
        return;
    };
    let value = entry.value.as_ref().map_or(entry.key_span, syn::LitStr::span);
    if let Some(secret) = personal::secret_in(field.ty) {
        let message = "a `Secret` is kept out of events altogether, hashed or masked as well; leave \
                       the field out with #[event(skip)], or make it a `Pii`";
        report.mistake(secret, message);
    }
    match field.target {
        Target::Envelope(Role::UserId) if personal != Personal::Hash => report.mistake(
            value,
            "a user id tells users apart, which only a hash keeps; write pii = \"hash\", or remove \
             `user_id`",
        ),
        Target::Param { .. } => {
            for key in [Key::Json, Key::As, Key::Unit] {
                let Some(other) = field.options.find(key) else { continue };
                let message = format_args!(
                    "`{key}` means nothing beside `pii`, with which the column is a text; remove one \
                     of the two"
                );
                report.mistake(other.key_span, message);
            }
        }
        _ => {}
    }
}

/// What people are to read must be there.
pub(crate) fn texts_say_something(options: &Options, report: &mut Report) {
    for key in [Key::Owner, Key::Since, Key::Deprecated] {
        let Some(text) = options.value(key) else { continue };
        if text.value().trim().is_empty() {
            report
                .mistake(text.span(), format_args!("`{key}` is empty; write it out, or remove it"));
        }
    }
}

fn earlier_type_name_is_one(options: &Options, name: &Name, report: &mut Report) {
    let is_type = |earlier: &str| name::is_snake_case(earlier) && earlier.len() <= MAX_TYPE_NAME;
    earlier_name_is_one(options, name, "a type of event", is_type, report);
}

/// Of a param or of a member of a record.
pub(crate) fn earlier_column_is_one(options: &Options, name: &Name, report: &mut Report) {
    let is_column =
        |earlier: &str| name::is_column_name(earlier) && earlier.len() <= MAX_PARAM_NAME;
    earlier_name_is_one(options, name, "a column", is_column, report);
}

/// A name that could never have been declares a renaming that did not happen.
fn earlier_name_is_one(
    options: &Options,
    name: &Name,
    of_what: &str,
    could_be: impl Fn(&str) -> bool,
    report: &mut Report,
) {
    let Some(given) = options.value(Key::RenamedFrom) else { return };
    let earlier = given.value();
    if earlier == name.text {
        let message = format!("{name} is what it is called now; write what it was called before");
        report.mistake(given.span(), message);
    } else if !could_be(&earlier) {
        let message = format!(
            "`{earlier}` was never the name of {of_what}; write the one that stands in older lines"
        );
        report.mistake(given.span(), message);
    }
}

fn each_role_is_played_once(variant: &Variant, report: &mut Report) {
    for role in Role::ALL {
        let players = variant.fields.iter().filter(|field| plays(field, role));
        for entry in players.skip(1).filter_map(|field| field.options.find(role.key())) {
            let message = format!(
                "`{}` is filled by an earlier field, but an event has one; remove one of the two",
                entry.key
            );
            report.mistake(entry.key_span, message);
        }
    }
}

fn plays(field: &Field, role: Role) -> bool {
    matches!(field.target, Target::Envelope(played) if played == role)
}

/// The names of the params, in order.
fn params<'a>(variant: &'a Variant) -> impl Iterator<Item = &'a Name> {
    named_params(variant).map(|(_, name)| name)
}

/// The params and their names, in order.
fn named_params<'a>(variant: &'a Variant) -> impl Iterator<Item = (&'a Field<'a>, &'a Name)> {
    variant.fields.iter().filter_map(|field| match &field.target {
        Target::Param { name, .. } => Some((field, name)),
        _ => None,
    })
}

fn is_reserved(name: &Name) -> bool {
    find_ignoring_case(&ENVELOPE_KEYS, name).is_some()
        || find_ignoring_case(&PARTITION_COLUMNS, name).is_some()
}

fn is_but_for_its_case(name: &Name, reserved: &str) -> &'static str {
    if name.text == reserved { "is" } else { "is, but for its case," }
}

fn find_ignoring_case<'a>(names: &[&'a str], wanted: &Name) -> Option<&'a str> {
    names.iter().copied().find(|name| name.eq_ignore_ascii_case(&wanted.text))
}
