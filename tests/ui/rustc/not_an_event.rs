//! A type without the derive.

use event_log::Event;

struct UserRegistration;

fn emit(_: impl Event) {}

fn emit_it() {
    emit(UserRegistration);
}

fn main() {}
