//! Whatever the disk does and however often the logger is built anew, each accepted event is found
//! once, and each dropped one is told of. The program `soak` does this for as long as one wants.
//!
//! `EVENT_LOG_SOAK_SEED` replays the choices.

use std::time::Duration;

use tests::random::Random;
use tests::soak::Soak;

#[test]
fn five_seconds_of_random_trouble_lose_and_double_nothing() {
    let place = tempfile::tempdir().unwrap();
    let seed = Random::seed_from("EVENT_LOG_SOAK_SEED");
    println!("EVENT_LOG_SOAK_SEED={seed}");
    let soak = Soak {
        duration: Duration::from_secs(5),
        threads: 4,
        seed,
        directory: place.path().to_owned(),
    };
    let account = soak.run(|_| ());
    println!("{account:?}");
    assert!(account.wrong.is_empty(), "{:#?}", account.wrong);
    assert_eq!(account.accepted, account.found);
    assert!(account.lives > 3);
}
