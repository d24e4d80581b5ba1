//! Two events of one name in one binary.

use event_log::Event;
use event_log::catalog;

#[derive(Event)]
struct SignedUp;

mod elsewhere {
    #[derive(event_log::Event)]
    #[event(type = "signed_up")]
    pub(super) struct Registered {
        pub(super) provider: &'static str,
    }
}

#[test]
fn the_error_names_both_places() {
    let duplicate = catalog::of_binary().unwrap_err();
    assert_eq!(duplicate.event_type(), "signed_up");
    let file = file!();
    assert_eq!(duplicate.places(), [format!("{file}:6"), format!("{file}:10")]);
    let expected =
        format!("`signed_up` is the type of two events, at {file}:6 and at {file}:10; name one of");
    assert!(duplicate.to_string().starts_with(&expected), "{duplicate}");
    let _ = (SignedUp, elsewhere::Registered { provider: "twitter" }.provider);
}
