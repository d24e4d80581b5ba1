//! Any struct, enum or union with any `#[event(...)]` and `#[serde(...)]` through both derives.
//!
//! - They never panic.
//! - What they write parses as items, with exactly one `impl Event`, or `impl EventField`, for the type in
//!   question.
//! - An item without a mistake gets no `compile_error!`, and one arm for each of its types of event;
//!   an item with a mistake gets a message that is not empty.
//!
//! A proc-macro crate cannot be linked, so its modules are compiled here once more; they need
//! `proc_macro2` only.
#![no_main]

#[path = "../../event-log-derive/src/ast.rs"]
mod ast;
#[path = "../../event-log-derive/src/attr.rs"]
mod attr;
#[path = "../../event-log-derive/src/bounds.rs"]
mod bounds;
#[path = "../../event-log-derive/src/described.rs"]
mod described;
#[path = "../../event-log-derive/src/docs.rs"]
mod docs;
#[path = "../../event-log-derive/src/expand.rs"]
mod expand;
#[path = "../../event-log-derive/src/fallback.rs"]
mod fallback;
#[path = "../../event-log-derive/src/key.rs"]
mod key;
#[path = "../../event-log-derive/src/name.rs"]
mod name;
#[path = "../../event-log-derive/src/notes.rs"]
mod notes;
#[path = "../../event-log-derive/src/personal.rs"]
mod personal;
#[path = "../../event-log-derive/src/report.rs"]
mod report;
#[path = "../../event-log-derive/src/shape.rs"]
mod shape;
#[path = "../../event-log-derive/src/similar.rs"]
mod similar;
#[path = "../../event-log-derive/src/valid.rs"]
mod valid;
#[path = "../../event-log-derive/src/value.rs"]
mod value;

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::{Corpus, fuzz_target};
use proc_macro2::TokenStream;
use syn::{Data, DeriveInput, Expr, ImplItem, ImplItemFn, Item, ItemImpl, Stmt, Type};

use crate::report::Report;

/// `syn` descends once for each bracket or prefix; how deep is its business, not the derive's.
const MAX_DEPTH: usize = 64;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    match text(bytes).filter(|text| is_shallow(text)).and_then(|text| syn::parse_str(&text).ok()) {
        Some(item) => {
            check(&item);
            Corpus::Keep
        }
        // rustc would not have called the derive.
        None => Corpus::Reject,
    }
});

/// The bytes as they are, or an item put together from pieces that they choose.
fn text(bytes: &[u8]) -> Option<String> {
    let (mode, bytes) = bytes.split_first()?;
    if mode % 8 == 0 {
        return String::from_utf8(bytes.to_vec()).ok();
    }
    item(&mut Unstructured::new(bytes)).ok()
}

fn is_shallow(text: &str) -> bool {
    text.matches(['(', '[', '{', '<', '&', '*', '!', '-']).count() <= MAX_DEPTH
}

/// As `event` in the derive's `lib.rs`, and whether there was a mistake.
fn derive(item: &DeriveInput) -> (TokenStream, bool) {
    let mut report = Report::default();
    let event = ast::Event::parse(item, &mut report);
    valid::check(&event, &mut report);
    match report.into_error() {
        None => (expand::event(&event), false),
        Some(error) => (fallback::event(&event, &error), true),
    }
}

fn check(item: &DeriveInput) {
    let (tokens, has_mistake) = derive(item);
    let (impls, messages) = written(tokens);
    assert_eq!(has_mistake, messages > 0);
    check_impl(only(&impls, "Event"), item, has_mistake);

    let (impls, messages) = written(value::derive(item));
    check_own(only(&impls, "EventField"), item);
    if messages > 0 {
        assert!(!impls.iter().any(|one| name(one) == "EventKey"), "a stub is no key");
    }
}

/// The impls in what a derive wrote, and how many messages.
fn written(tokens: TokenStream) -> (Vec<ItemImpl>, usize) {
    let text = tokens.to_string();
    // Through text too: what only an invisible group holds together would not reach rustc whole.
    let file: syn::File = syn::parse2(tokens)
        .and_then(|_: syn::File| syn::parse_str(&text))
        .unwrap_or_else(|error| panic!("not items: {error}\n{text}"));
    let mut messages = 0;
    let mut impls = Vec::new();
    for written in file.items {
        match written {
            Item::Impl(written) => impls.push(written),
            // A constant that the compiler is to evaluate at once.
            Item::Const(constant) if constant.ident == "_" => {}
            Item::Macro(call) => {
                let name = call.mac.path.segments.last().expect("a path has a name").ident.to_string();
                if name == "list_event" {
                    continue;
                }
                assert_eq!(name, "compile_error");
                let message: syn::LitStr = call.mac.parse_body().expect("a message is a string");
                assert!(!message.value().is_empty());
                messages += 1;
            }
            _ => panic!("neither an impl nor a message: {text}"),
        }
    }
    (impls, messages)
}

/// The one impl of this trait.
fn only<'a>(impls: &'a [ItemImpl], of: &str) -> &'a ItemImpl {
    let mut of_trait = impls.iter().filter(|one| name(one) == of);
    match (of_trait.next(), of_trait.next()) {
        (Some(one), None) => one,
        _ => panic!("not one impl of {of}"),
    }
}

/// The trait that is implemented.
fn name(written: &ItemImpl) -> String {
    let (path, _) = written.trait_.as_ref().expect("an impl of a trait");
    path.segments.last().expect("a path has a name").ident.to_string()
}

fn check_own(written: &ItemImpl, item: &DeriveInput) {
    let Type::Path(own) = &*written.self_ty else { panic!("an impl for something else") };
    assert!(own.path.segments.last().is_some_and(|segment| segment.ident == item.ident));
}

fn check_impl(written: &ItemImpl, item: &DeriveInput, has_mistake: bool) {
    check_own(written, item);
    let event_type = method(written, "event_type").expect("the type of event");
    let write_params = method(written, "write_params").expect("the params");
    if has_mistake {
        return;
    }
    let types = match &item.data {
        Data::Struct(_) => 1,
        Data::Enum(data) => data.variants.len(),
        Data::Union(_) => panic!("a union is no event"),
    };
    assert_eq!(arms(event_type), types);
    assert_eq!(arms(write_params), types);
    if let Some(own_envelope) = method(written, "own_envelope") {
        assert_eq!(arms(own_envelope), types);
    }
}

fn method<'a>(written: &'a ItemImpl, name: &str) -> Option<&'a ImplItemFn> {
    written.items.iter().find_map(|item| match item {
        ImplItem::Fn(method) if method.sig.ident == name => Some(method),
        _ => None,
    })
}

/// How many arms the `match` has with which a method begins.
fn arms(method: &ImplItemFn) -> usize {
    match method.block.stmts.first() {
        Some(Stmt::Expr(Expr::Match(choice), _)) => choice.arms.len(),
        _ => panic!("`{}` does not begin with a match", method.sig.ident),
    }
}

/// An item that is mostly syntax of Rust.
fn item(u: &mut Unstructured) -> Result<String> {
    let mut text = attributes(u)?;
    let generics = u.choose(&GENERICS)?;
    let clause = if u.ratio(1, 4)? { *u.choose(&CLAUSES)? } else { "" };
    let ident = ident(u)?;
    match u.int_in_range(0..=9)? {
        0..=4 => text += &format!("struct {ident}{generics} {clause} {}", body(u)?),
        5 => text += &format!("struct {ident}{generics} {} {clause};", tuple(u)?),
        6 => text += &format!("union {ident}{generics} {clause} {}", body(u)?),
        _ => {
            text += &format!("enum {ident}{generics} {clause} {{");
            for _ in 0..u.int_in_range(0..=4)? {
                text += &attributes(u)?;
                text += &ident_of_variant(u)?;
                text += &match u.int_in_range(0..=5)? {
                    0..=3 => body(u)?,
                    4 => tuple(u)?,
                    _ => String::new(),
                };
                text += if u.ratio(1, 8)? { " = 1," } else { "," };
            }
            text += "}";
        }
    }
    Ok(text)
}

fn body(u: &mut Unstructured) -> Result<String> {
    let mut text = " {".to_owned();
    for _ in 0..u.int_in_range(0..=5)? {
        text += &attributes(u)?;
        text += &format!("{}: {},", ident(u)?, ty(u, 3)?);
    }
    Ok(text + "}")
}

fn tuple(u: &mut Unstructured) -> Result<String> {
    Ok(format!("({} {}, u8)", attributes(u)?, ty(u, 2)?))
}

fn ty(u: &mut Unstructured, depth: u32) -> Result<String> {
    if depth == 0 || u.ratio(1, 2)? {
        return Ok((*u.choose(&TYPES)?).to_owned());
    }
    let inner = ty(u, depth - 1)?;
    Ok(u.choose(&WRAPPERS)?.replace('_', &inner))
}

fn ident(u: &mut Unstructured) -> Result<String> {
    Ok(match u.int_in_range(0..=19)? {
        0 => "a".repeat(u.int_in_range(1..=140)?),
        1 => u.arbitrary::<&str>()?.to_owned(),
        _ => (*u.choose(&IDENTS)?).to_owned(),
    })
}

fn ident_of_variant(u: &mut Unstructured) -> Result<String> {
    if u.ratio(1, 2)? { ident(u) } else { Ok((*u.choose(&VARIANTS)?).to_owned()) }
}

fn attributes(u: &mut Unstructured) -> Result<String> {
    let mut text = String::new();
    for _ in 0..u.int_in_range(0..=2)? {
        text += &match u.int_in_range(0..=11)? {
            0 => format!("#[event{}]", soup(u)?),
            1 => format!("#[event = {}]", literal(u)?),
            2 => format!("#[{}({})]", u.choose(&FOREIGN)?, options(u)?),
            6 | 7 => format!("#[serde({})]", of_serde(u)?),
            8 => format!("#[doc = {}]", literal(u)?),
            3 => format!("#[event({})]", soup(u)?),
            4 => format!("#[event[{}]]", options(u)?),
            5 => format!("#[event{{{}}}]", options(u)?),
            _ => format!("#[event({})]", options(u)?),
        };
    }
    Ok(text)
}

fn options(u: &mut Unstructured) -> Result<String> {
    let mut text = String::new();
    for _ in 0..u.int_in_range(0..=3)? {
        text += match u.int_in_range(0..=9)? {
            0 => u.arbitrary::<&str>()?,
            _ => u.choose(&OPTIONS)?,
        };
        text += &match u.int_in_range(0..=5)? {
            0 => soup(u)?,
            1 | 2 => format!(" = {}", literal(u)?),
            _ => String::new(),
        };
        text += if u.ratio(1, 10)? { "" } else { "," };
    }
    Ok(text)
}

fn of_serde(u: &mut Unstructured) -> Result<String> {
    let mut text = String::new();
    for _ in 0..u.int_in_range(0..=3)? {
        text += u.choose(&SERDE)?;
        text += &match u.int_in_range(0..=5)? {
            0 => format!("(serialize = {}, deserialize = {})", literal(u)?, literal(u)?),
            1..=3 => format!(" = {}", literal(u)?),
            _ => String::new(),
        };
        text += ",";
    }
    Ok(text)
}

fn literal(u: &mut Unstructured) -> Result<String> {
    Ok(match u.int_in_range(0..=9)? {
        0..=2 => format!("{:?}", u.arbitrary::<&str>()?),
        3 => format!("{:?}", "a_1".repeat(u.int_in_range(0..=50)?)),
        _ => (*u.choose(&LITERALS)?).to_owned(),
    })
}

/// Tokens in no order.
fn soup(u: &mut Unstructured) -> Result<String> {
    let mut text = String::new();
    for _ in 0..u.int_in_range(0..=5)? {
        text += u.choose(&SOUP)?;
        text += " ";
    }
    Ok(text)
}

#[rustfmt::skip]
const SERDE: [&str; 20] = [
    "rename", "rename_all", "skip", "skip_serializing", "skip_serializing_if", "flatten", "transparent",
    "tag", "content", "untagged", "into", "remote", "with", "serialize_with", "getter", "default", "alias",
    "crate", "bound", "a::b",
];
#[rustfmt::skip]
const OPTIONS: [&str; 22] = [
    "as", "unit", "pii", "owner", "since", "deprecated", "renamed_from", "unlisted", "type", "crate",
    "rename", "skip", "skip_none", "user_id", "locale", "country_code", "json",
    "r#type", "r#crate_", "rnam", "flatten", "skip::none",
];
const FOREIGN: [&str; 6] = ["serde", "doc", "event::event", "::event", "r#event", "Event"];
#[rustfmt::skip]
const LITERALS: [&str; 38] = [
    "\"hash\"", "\"mask\"", "\"drop\"",
    "\"camelCase\"", "\"SCREAMING-KEBAB-CASE\"", "\"Vec<T>\"", "\"ms\"", "\"u8\"",
    "\"sign_up\"", "\"a\"", "\"A\"", "\"id\"", "\"Year\"", "\"event_log_gap\"", "\"größe\"", "\"\"",
    "\"::event_log\"", "\"crate\"", "\"self::a\"", "\"::\"", "\"a::\"", "\"a::b<c>\"", "\"a b\"",
    "\"super::super\"", "\"r#a::r#type\"", "\"$crate\"", "\"a::self\"", "\"'a\"", "\"a\"suffix",
    "b\"a\"", "c\"a\"", "r\"a\"", "r#\"a\"#", "1", "-1.5", "true", "'a'", "a::b",
];
#[rustfmt::skip]
const SOUP: [&str; 30] = [
    ",", "=", "==", "=>", "::", ":", ";", "(", ")", "[]", "{}", "(skip)", "<", ">", "'a", "#", "!",
    "?", "$", "..", "skip", "type", "\"a\"", "1", "_", "r#type", "r#\"a\"#", "\\", "é", "self",
];
#[rustfmt::skip]
const IDENTS: [&str; 30] = [
    "amount", "Amount", "provider", "Purchase", "UserRegistration", "HTTPRequest", "A", "a", "_a",
    "__params", "__field_a", "id", "Id", "date", "r#type", "user_id", "locale", "country_code",
    "params", "PARAMS", "year", "dt", "größe", "Größe", "r#fn", "x1", "event_log_gap", "EventLogGap",
    "T", "Self_",
];
#[rustfmt::skip]
const VARIANTS: [&str; 8] = ["Started", "Rated", "R2", "started", "STARTED", "É", "r#Started", "_X"];
#[rustfmt::skip]
const GENERICS: [&str; 12] = [
    "", "", "", "<T>", "<'a>", "<'a, T: 'a>", "<T: Tr<u8> + ?Sized>", "<const N: usize>",
    "<'a, 'b: 'a, T = u8, const N: usize = 3>", "<#[cfg(a)] T>", "<r#T, r#U: Clone>", "<>",
];
#[rustfmt::skip]
const CLAUSES: [&str; 6] = [
    "where", "where T: Clone", "where T: Clone,", "where for<'x> &'x T: Copy, 'a: 'a",
    "where [T; 3]: Sized", "where Self: Sized",
];
#[rustfmt::skip]
const TYPES: [&str; 26] = [
    "u64", "T", "r#T", "String", "&'a str", "Option<T>", "[u8; N]", "[T; { N }]", "&'a [T]",
    "<T as Iterator>::Item", "T::Item", "fn(T) -> T", "for<'x> fn(&'x T)", "dyn Tr<T> + 'a",
    "dyn for<'x> Tr<&'x T>", "'a + Tr<T>", "?Sized + Tr<T>", "Tr<T> + Send", "impl Tr<T>", "!", "_",
    "m!(T)", "*const T", "(T,)", "()", "unsafe extern \"C\" fn(T, ...)",
];
#[rustfmt::skip]
const WRAPPERS: [&str; 10] = [
    "Option<_>", "Vec<_>", "(_)", "(_, T)", "[_; 2]", "[_]", "&_", "std::sync::Arc<_>", "Box<dyn Fn(_)>",
    "&'a mut _",
];
