//! Records whose column would have no end.

use event_log::EventField;
use serde::Serialize;

#[derive(Serialize, EventField)]
struct Comment {
    text: String,
    answers: Vec<Comment>,
    parent: Option<Box<Self>>,
    #[event(json)]
    all: Vec<Comment>,
}

fn main() {}
