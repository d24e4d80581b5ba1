//! Plants values that must not be seen in every kind of field and in every kind of trouble, shows all
//! that can be shown, and is killed. `canaries LOG`.
//!
//! Each planted value holds the word `canary`; what may be seen does not.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "what is printed is searched")]

use std::error::Error;
use std::fmt;
use std::fs;
use std::path::Path;

use event_log::pii::{HashText, Pii, PiiKey, Secret};
use event_log::testing::{FailingDisk, Operation};
use event_log::{Context, Event, Logger, Overflow};
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use tests::segments;
use tests::sys::kill_self;
use tests::wait::wait_until;

/// What stands for personal data of a type that serializes badly, should anybody try.
#[derive(Debug)]
struct Fails;

#[derive(Debug)]
struct Panics;

impl Serialize for Fails {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("canary in an error"))
    }
}

impl Serialize for Panics {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        panic!("canary in a panic")
    }
}

/// A text that goes wrong when half of it is written.
struct BreaksOff {
    panics: bool,
}

impl fmt::Display for BreaksOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("canary, half written")?;
        assert!(!self.panics, "the author's own words");
        Err(fmt::Error)
    }
}

impl HashText for BreaksOff {
    fn hash_text(&self) -> Option<impl fmt::Display> {
        Some(Self { panics: self.panics })
    }
}

#[derive(Event)]
struct Planted<'a> {
    #[event(user_id, pii = "hash")]
    user: Pii<&'a str>,
    #[event(pii = "hash")]
    hashed: Pii<String>,
    #[event(pii = "hash", rename = "plainly_hashed")]
    plain: &'a str,
    #[event(pii = "mask")]
    masked: Pii<String>,
    #[event(pii = "mask", skip_none)]
    optional: Option<Pii<&'a str>>,
    #[event(pii = "mask")]
    masked_failure: Fails,
    #[event(pii = "mask")]
    masked_panic: Panics,
    #[event(pii = "drop")]
    dropped: Pii<String>,
    #[event(pii = "drop")]
    dropped_panic: Panics,
    #[event(skip)]
    secret: Secret<&'a str>,
    open: String,
}

#[derive(Event)]
struct Broken {
    #[event(pii = "hash")]
    before: &'static str,
    #[event(pii = "hash")]
    broken: BreaksOff,
}

fn planted(open: String) -> Planted<'static> {
    Planted {
        user: Pii::new("canary-user"),
        hashed: Pii::new("canary-hashed".repeat(10_000)),
        plain: "canary-plain",
        masked: Pii::new("canary-masked".repeat(10_000)),
        optional: Some(Pii::new("canary-optional")),
        masked_failure: Fails,
        masked_panic: Panics,
        dropped: Pii::new("canary-dropped".to_owned()),
        dropped_panic: Panics,
        secret: Secret::new("canary-secret"),
        open,
    }
}

/// Prints everything that an error says, to both outputs.
fn show(error: &dyn Error) {
    println!("{error:?}");
    let mut next = Some(error);
    while let Some(error) = next {
        eprintln!("{error}");
        next = error.source();
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args().nth(1).expect("a directory");
    let bare = Logger::builder(&directory).build();
    show(&bare.expect_err("there is no key"));

    let key = PiiKey::new(b"canary-key, and 32 bytes of it at least")?.id("k1")?;
    show(&PiiKey::new(b"canary-key").expect_err("it is short"));
    let context = Context::new().field("session", key.hash("canary-session"))?;
    let disk = FailingDisk::new();
    let builder = Logger::builder(&directory)
        .pii_key(key.clone())
        .context(context.clone())
        .storage(disk.clone())
        .spool_bytes(128 * 1024)
        .overflow(Overflow::Drop)
        .on_error(|error| show(error));
    println!("{key:?} {builder:?} {context:?}");
    let logger = builder.build()?;
    println!("{logger:?}");

    let event = planted("seen".to_owned());
    println!("{:?} {:?} {:?} {:?}", event.user, event.masked, event.optional, event.secret);
    let own = event.user.expose().len() + event.dropped.expose().len();
    println!("{own} {:?} {:?}", event.dropped_panic, event.masked_failure);
    logger.emit(&event);
    for error in [
        logger.try_emit(planted("x".repeat(40_000))),
        logger.try_emit(Broken { before: "canary", broken: BreaksOff { panics: false } }),
        logger.try_emit(Broken { before: "canary", broken: BreaksOff { panics: true } }),
    ] {
        show(&error.expect_err("none can be written"));
    }
    wait_until("gap lines tell of these drops, before the disk sticks", || {
        let text = |path| fs::read_to_string(path).unwrap_or_default();
        segments(Path::new(&directory)).into_iter().any(|path| text(path).contains("panicked"))
    });

    disk.hang(Operation::Append);
    while logger.try_emit(planted("stuck".to_owned())).map_err(|error| show(&error)).is_ok() {}
    println!("{:?}", logger.stats());
    kill_self();
    Ok(())
}
