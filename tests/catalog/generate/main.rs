//! Writes some hundreds of types as somebody might: structs and enums with attributes of serde, nested
//! in each other, and events with all of these as params.
//!
//! `EVENT_LOG_SCHEMA_TYPES` says how many, `EVENT_LOG_SCHEMA_SEED` which.
#![expect(clippy::print_stdout, reason = "so a build script talks to cargo")]

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

#[path = "../../src/random.rs"]
#[allow(dead_code, unreachable_pub, unfulfilled_lint_expectations, reason = "it is of the tests")]
mod random;

mod events;
mod names;
mod source;
mod types;
mod values;

use crate::random::Random;
use crate::types::Known;

fn main() {
    for variable in ["EVENT_LOG_SCHEMA_TYPES", "EVENT_LOG_SCHEMA_SEED"] {
        println!("cargo:rerun-if-env-changed={variable}");
    }
    println!("cargo:rerun-if-changed=generate");
    let number = |variable: &str, default: u64| {
        env::var(variable).map_or(default, |text| text.parse().expect("a number"))
    };
    let types = number("EVENT_LOG_SCHEMA_TYPES", 200);
    let mut random = Random::new(number("EVENT_LOG_SCHEMA_SEED", 20_210_916));

    let mut source = String::new();
    let mut known = Vec::<Known>::new();
    for index in 0..types {
        let (text, value) = values::value(index, &known, &mut random);
        source += &text;
        known.push(value);
    }
    let mut calls = String::new();
    for index in 0..types / 2 {
        let (text, name) = events::event(index, &known, &mut random);
        source += &text;
        writeln!(calls, "    emit(&{name}::arbitrary(random));").expect("memory");
    }
    source +=
        "pub fn emit_each(random: &mut Random, emit: &mut dyn FnMut(&dyn event_log::Event)) {\n";
    source += &calls;
    source += "}\n";
    let out = env::var("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("generated.rs"), source).expect("the source can be written");
}
