//! Personal data: what is written in its place, and that nothing else of it is.

// The registry of hashed fields is made by a macro of the derive, which must not cost a crate this.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test may unwrap, also in its helpers")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use event_log::pii::{Pii, PiiKey};
use event_log::{BuildError, Context, Event, Logger, testing};
use serde_json::{Value, json};
use tests::lines;
use uuid::Uuid;

/// With the key of [`key`], of `ada@example.com`; computed by Python's `hmac`.
const ADA: &str = "b1deae11dbb804ed82b5ac2df59bb786";
const FORTY_TWO: &str = "25e935903468a9bebbfe182f0834b114";

fn key() -> PiiKey {
    PiiKey::new(b"an example, and not random at all").unwrap()
}

/// The only line that `emit` writes.
fn line_of(key: PiiKey, emit: impl FnOnce(&Logger)) -> Value {
    let directory = tempfile::tempdir().unwrap();
    let logger = Logger::builder(directory.path()).pii_key(key).build().unwrap();
    emit(&logger);
    drop(logger);
    let lines = lines(directory.path());
    assert_eq!(lines.len(), 1, "{lines:?}");
    serde_json::from_str(&lines[0]).unwrap()
}

fn params_of(event: impl Event) -> Value {
    line_of(key(), |logger| logger.emit(event))["params"].clone()
}

#[test]
fn one_person_has_one_hash_in_fields_of_every_type() {
    #[derive(Event)]
    struct Registered<'a> {
        #[event(pii = "hash")]
        plain: &'a str,
        #[event(pii = "hash", rename = "wrapped_email")]
        wrapped: Pii<String>,
        #[event(pii = "hash")]
        optional: Option<Pii<&'a str>>,
        #[event(pii = "hash")]
        number: u64,
        #[event(pii = "hash")]
        uuid: Uuid,
    }

    let params = params_of(Registered {
        plain: "ada@example.com",
        wrapped: Pii::new("ada@example.com".to_owned()),
        optional: Some(Pii::new("ada@example.com")),
        number: 42,
        uuid: Uuid::from_u128(42),
    });
    let uuid = key().hash("00000000-0000-0000-0000-00000000002a").unwrap();
    assert_eq!(
        params,
        json!({
            "plain": ADA,
            "wrapped_email": ADA,
            "optional": ADA,
            "number": FORTY_TWO,
            "uuid": uuid.as_str(),
        })
    );
}

#[test]
fn none_is_null_or_left_out_when_hashed_and_left_out_or_masked_when_masked() {
    #[derive(Event)]
    struct Absent {
        #[event(pii = "hash")]
        hashed: Option<Pii<u8>>,
        #[event(pii = "hash", skip_none)]
        hashed_skipped: Option<Pii<u8>>,
        #[event(pii = "mask")]
        masked: Option<Pii<u8>>,
        #[event(pii = "mask", skip_none)]
        masked_skipped: Option<Pii<u8>>,
    }

    let event = Absent { hashed: None, hashed_skipped: None, masked: None, masked_skipped: None };
    assert_eq!(params_of(event), json!({"hashed": null, "masked": "***"}));
}

#[test]
fn a_mask_shows_nothing_and_a_dropped_field_is_not_there() {
    /// No type of an event otherwise.
    struct NotSerializable;

    #[derive(Event)]
    struct Paid {
        #[event(pii = "drop")]
        first: NotSerializable,
        amount: u64,
        #[event(pii = "mask")]
        card: NotSerializable,
        #[event(pii = "drop")]
        last: Option<Pii<String>>,
    }

    let event = Paid { first: NotSerializable, amount: 7, card: NotSerializable, last: None };
    assert_eq!(params_of(event), json!({"amount": 7, "card": "***"}));
}

#[test]
fn each_variant_of_an_enum_and_each_type_of_a_generic_event_is_treated() {
    #[derive(Event)]
    enum Account<T> {
        Opened {
            #[event(pii = "hash")]
            email: T,
        },
        Closed {
            #[event(pii = "mask")]
            email: T,
        },
    }

    assert_eq!(params_of(Account::Opened { email: "ada@example.com" }), json!({"email": ADA}));
    assert_eq!(params_of(Account::Opened { email: 42 }), json!({"email": FORTY_TWO}));
    assert_eq!(params_of(Account::Closed { email: "" }), json!({"email": "***"}));
}

#[test]
fn a_hashed_user_id_joins_with_hashed_params_and_contexts() {
    #[derive(Event)]
    #[event(type = "visited")]
    struct Visited {
        #[event(user_id, pii = "hash")]
        user: Option<Pii<u64>>,
        #[event(pii = "hash")]
        same: u64,
    }
    #[derive(Event)]
    #[event(type = "left")]
    struct Left;

    let user = Some(Pii::new(42));
    let own = line_of(key(), |logger| logger.emit(Visited { user, same: 42 }));
    assert_eq!((&own["user_id"], &own["params"]["same"]), (&json!(FORTY_TWO), &json!(FORTY_TWO)));

    let context = Context::new().user_id(key().hash(&42)).field("peer", key().hash("42")).unwrap();
    let given = line_of(key(), |logger| logger.with(&context).emit(Left));
    assert_eq!((&given["user_id"], &given["peer"]), (&json!(FORTY_TWO), &json!(FORTY_TWO)));

    let nobody = line_of(key(), |logger| {
        logger.with(&context).emit(Visited { user: None, same: 42 });
    });
    assert_eq!(nobody["user_id"], FORTY_TWO, "the context says who it is");
}

#[test]
fn the_id_of_a_key_stands_before_its_hashes() {
    #[derive(Event)]
    struct Named {
        #[event(pii = "hash")]
        email: &'static str,
    }

    let line = line_of(key().id("k2").unwrap(), |logger| {
        logger.emit(Named { email: "ada@example.com" });
    });
    assert_eq!(line["params"]["email"], format!("k2:{ADA}"));
}

#[test]
fn a_logger_without_a_key_is_not_built_where_a_field_is_hashed() {
    /// The first by name of all hashed fields in this program.
    #[derive(Event)]
    #[allow(dead_code, reason = "to be in the binary is enough")]
    enum First {
        #[event(type = "aaa_first")]
        Only {
            #[event(pii = "hash", rename = "a_hashed_field")]
            field: u8,
        },
    }

    let directory = tempfile::tempdir().unwrap();
    let error = Logger::builder(directory.path()).build().unwrap_err();
    assert!(
        matches!(error, BuildError::NoPiiKey { event_type: "aaa_first", field: "a_hashed_field" }),
        "{error}"
    );
    assert_eq!(
        error.to_string(),
        "the field `a_hashed_field` of `aaa_first` events is hashed, but the logger has no key; give \
         it one with `pii_key`"
    );
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn transactions_and_recorders_treat_personal_data_too() {
    #[derive(Event)]
    struct Ordered {
        #[event(pii = "hash")]
        email: Pii<&'static str>,
        #[event(pii = "mask")]
        address: Pii<&'static str>,
    }

    let ordered = || Ordered { email: Pii::new("ada@example.com"), address: Pii::new("a street") };
    let line = line_of(key(), |logger| {
        let mut events = logger.transaction();
        events.emit(ordered());
        events.commit();
    });
    assert_eq!(line["params"], json!({"email": ADA, "address": "***"}));

    // Without a key of its own a recorder has one, so that domain code can be tested.
    let (logger, recorded) = testing::recorder();
    logger.emit(ordered());
    assert_eq!(recorded.all()[0].params()["address"], "***");
    assert!(recorded.all()[0].params()["email"].as_str().is_some_and(|hash| hash.len() == 32));
    let (logger, recorded) = testing::builder().pii_key(key()).record().unwrap();
    logger.emit(ordered());
    assert_eq!(recorded.all()[0].params()["email"], ADA);
}

/// Where `word` stands: the program's outputs, and the files below the log directory.
fn sightings(word: &str, output: &Output, directory: &Path) -> Vec<String> {
    let mut places = vec![
        ("stdout".to_owned(), output.stdout.clone()),
        ("stderr".to_owned(), output.stderr.clone()),
    ];
    let mut directories = vec![directory.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else {
                places.push((path.display().to_string(), fs::read(&path).unwrap()));
            }
        }
    }
    let holds = |bytes: &[u8]| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    places.retain(|(_, bytes)| holds(bytes));
    places.into_iter().map(|(name, _)| name).collect()
}

#[test]
fn canaries_are_found_nowhere() {
    let directory = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_canaries");
    let output = Command::new(program).arg(directory.path()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), None, "it kills itself: {stderr}");

    // The search finds what is there: in a segment, in the spool (which "stuck" cannot leave), in both
    // outputs.
    assert_eq!(sightings("\"open\":\"seen\"", &output, directory.path()).len(), 1);
    assert_eq!(sightings("\"open\":\"stuck\"", &output, directory.path()).len(), 1);
    for (word, place) in [
        ("cannot be written as JSON", "stderr"),
        ("the author's own words", "stderr"),
        ("its text cannot be formatted", "stdout"),
        ("SpoolFull", "stdout"),
        ("TooLong", "stdout"),
        ("Secret(***)", "stdout"),
        ("\"type\":\"event_log_gap\"", ".jsonl"),
    ] {
        let places = sightings(word, &output, directory.path());
        assert!(places.iter().any(|name| name.ends_with(place)), "{word}: {places:?}\n{stderr}");
    }

    assert_eq!(sightings("canary", &output, directory.path()), [""; 0]);

    let logger = Logger::builder(directory.path()).pii_key(key()).build().unwrap();
    logger.close(tests::wait::PATIENCE).unwrap();
    let recovered = lines(directory.path());
    assert!(recovered.iter().any(|line| line.contains("\"open\":\"stuck\"")));
    assert_eq!(sightings("canary", &output, directory.path()), [""; 0]);
}
