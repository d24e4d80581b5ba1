//! The rules for records and closed sets, one function each; every rule that is broken is reported.

use std::collections::{HashMap, HashSet};

use proc_macro2::Ident;
use quote::ToTokens;
use syn::Type;
use syn::spanned::Spanned;

use super::ast::{Body, Value};
use super::member::{Content, Member};
use crate::ast::Name;
use crate::name::{MAX_PARAM_NAME, is_column_name};
use crate::report::Report;
use crate::shape::Shape;
use crate::{bounds, valid};

/// Applies every rule.
pub(crate) fn check(value: &Value, report: &mut Report) {
    match &value.body {
        Body::Unknown | Body::Told(_) => {}
        Body::Inner(inner) => holds_not_itself(value.ident, inner.ty, &inner.shape, report),
        Body::Texts(texts) => texts_differ(texts, report),
        Body::Record(members) => {
            has_members(value, members, report);
            names_differ_in_more_than_case(members, report);
            for member in members {
                check_member(value.ident, member, report);
            }
        }
    }
}

fn check_member(owner: &Ident, member: &Member, report: &mut Report) {
    valid::texts_say_something(&member.options, report);
    match &member.content {
        Content::Tag(texts) => texts_differ(texts, report),
        Content::Field(ty, shape) => holds_not_itself(owner, ty, shape, report),
        Content::Flattened(ty) => {
            holds_not_itself(owner, ty, &Shape::OfItsType, report);
            return;
        }
    }
    name_is_a_column_name(&member.name, report);
    name_is_short(&member.name, report);
    valid::earlier_column_is_one(&member.options, &member.name, report);
}

/// A column has a type of finite depth.
fn holds_not_itself(owner: &Ident, ty: &Type, shape: &Shape, report: &mut Report) {
    let own_names = HashSet::from([owner.to_string(), "Self".to_owned()]);
    if matches!(shape, Shape::OfItsType) && bounds::mentions(ty.to_token_stream(), &own_names) {
        let message = format!(
            "`{owner}` holds itself, so its column would have no end; make this field a column of \
             opaque JSON with #[event(json)]"
        );
        report.mistake(ty.span(), message);
    }
}

fn has_members(value: &Value, members: &[Member], report: &mut Report) {
    if members.is_empty() {
        let message = format!(
            "`{}` holds nothing that is written, and no engine has a record without members; leave \
             such fields out",
            value.ident
        );
        report.mistake(value.ident.span(), message);
    }
}

/// A member of a record is named in a table definition like a column.
fn name_is_a_column_name(name: &Name, report: &mut Report) {
    if !is_column_name(&name.text) {
        let message = format!(
            "{name} cannot be the name of a member of a record, which holds only ASCII letters, digits \
             and `_` and does not start with a digit; rename it with #[serde(rename = \"...\")], or \
             put #[event(json)] on the type"
        );
        report.mistake(name.span, message);
    }
}

fn name_is_short(name: &Name, report: &mut Report) {
    if name.text.len() > MAX_PARAM_NAME {
        let message = format!(
            "{name} has {} bytes, but the name of a member has at most {MAX_PARAM_NAME}; give a \
             shorter one with #[serde(rename = \"...\")]",
            name.text.len()
        );
        report.mistake(name.span, message);
    }
}

/// Query engines ignore case inside of records, too.
fn names_differ_in_more_than_case(members: &[Member], report: &mut Report) {
    let mut seen = HashMap::new();
    for Member { name, content, .. } in members {
        if matches!(content, Content::Flattened(_)) {
            continue;
        }
        let Some(earlier) = seen.insert(name.text.to_ascii_lowercase(), name) else { continue };
        let clash = if earlier.text == name.text {
            format!("{name} is already the name of another member")
        } else {
            format!("{name} differs from the member {earlier} only in case")
        };
        let message = format!("{clash}; rename one of the two with #[serde(rename = \"...\")]");
        report.mistake(name.span, message);
    }
}

fn texts_differ(texts: &[Name], report: &mut Report) {
    let mut seen = HashSet::new();
    for text in texts.iter().filter(|text| !seen.insert(&text.text)) {
        let message = format!(
            "{text} is already written for another variant; rename one of the two with \
             #[serde(rename = \"...\")]"
        );
        report.mistake(text.span, message);
    }
}
