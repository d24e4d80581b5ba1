//! Two fields for one key of the envelope.

use event_log::Event;

#[derive(Event)]
struct Transfer {
    #[event(user_id)]
    from: u64,
    #[event(user_id)]
    to: u64,
}

#[derive(Event)]
enum Fine {
    A {
        #[event(user_id)]
        user: u64,
    },
    B {
        #[event(user_id)]
        user: u64,
    },
}

fn main() {}
