//! All mistakes are reported together, and each once though the event is emitted.

use event_log::Event;

#[derive(Event)]
#[event(type = "Signed-Up", crat = "event_log")]
struct UserRegistration {
    id: u64,
    year: u16,
    #[event(renam = "born")]
    date: u8,
    #[event(rename = "a b")]
    a: u8,
    #[event(skip, skip_none)]
    b: Option<u8>,
    #[event(user_id)]
    c: u8,
    #[event(user_id, locale = "ja")]
    d: u8,
    #[event(user_id)]
    e: u8,
    #[event(rename = "F")]
    f: u8,
    #[event(rename = "f")]
    g: u8,
}

#[derive(Event)]
enum Lesson {
    Started(u8),
    #[event(type = "started")]
    Begun {
        hour: u8,
    },
}

fn emit(_: impl Event) {}

fn emit_both(registration: UserRegistration, lesson: Lesson) {
    emit(registration);
    emit(lesson);
}

fn main() {}
