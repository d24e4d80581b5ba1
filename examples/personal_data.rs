//! Sign-ups and logins without a name in the log: the same person still joins, nobody is named.
//!
//! ```text
//! $ PII_KEY_FILE=/run/secrets/pii-key cargo run --example personal_data
//! {"id":"…","date":"…","type":"signed_up","user_id":"k1:…","locale":null,"country_code":null,"params":{"email":"k1:…","phone":"***"}}
//! {"id":"…","date":"…","type":"login_failed","user_id":null,"locale":null,"country_code":null,"params":{"email":"k1:…","attempts":2}}
//! {"id":"…","date":"…","type":"login_failed","user_id":null,"locale":null,"country_code":null,"params":{"email":"k1:…","attempts":1}}
//! failed logins of people who have signed up: 2
//! ```
//!
//! Without `PII_KEY_FILE` it takes a key that is no secret, and says so.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example shows what it did")]

use std::{collections::HashSet, env, error::Error, fs, time::Duration};

use event_log::pii::{Pii, PiiKey, Secret};
use event_log::{Event, Logger};
use serde_json::Value;

/// What the sign-up form holds. Its `Debug` is safe to log.
#[derive(Debug)]
struct Form {
    email: Pii<String>,
    phone: Option<Pii<String>>,
    password: Secret<String>,
}

/// Fired when the account row is committed.
#[derive(Event)]
struct SignedUp<'a> {
    #[event(user_id, pii = "hash")]
    user: u64,
    #[event(pii = "hash")]
    email: &'a Pii<String>,
    #[event(pii = "mask", skip_none)]
    phone: &'a Option<Pii<String>>,
}

/// Fired when a password is wrong.
#[derive(Event)]
struct LoginFailed {
    #[event(pii = "hash")]
    email: Pii<String>,
    #[event(pii = "drop")]
    ip: Pii<String>,
    attempts: u32,
}

fn main() -> Result<(), Box<dyn Error>> {
    let directory = env::temp_dir().join(format!("event-log-personal-data-{}", std::process::id()));
    let logger = Logger::builder(&directory).pii_key(key()?.id("k1")?).build()?;

    let form = Form {
        email: Pii::new("ada@example.com".to_owned()),
        phone: Some(Pii::new("+44 20 7946 0000".to_owned())),
        password: Secret::new("correct horse".to_owned()),
    };
    eprintln!("debug: {form:?}, a password of {} bytes", form.password.expose().len());
    logger.emit(SignedUp { user: 1, email: &form.email, phone: &form.phone });
    for attempts in [2, 1] {
        let ip = Pii::new("2001:db8::1".to_owned());
        eprintln!("debug: failed from {ip:?}");
        logger.emit(LoginFailed { email: form.email.clone(), ip, attempts });
    }
    logger.close(Duration::from_secs(5))?;

    report(&lines_in(&directory)?)?;
    Ok(fs::remove_dir_all(&directory)?)
}

/// The key, from where the service keeps its secrets.
fn key() -> Result<PiiKey, Box<dyn Error>> {
    let Some(path) = env::var_os("PII_KEY_FILE") else {
        eprintln!("PII_KEY_FILE is not set: hashing with a key that everybody knows");
        return Ok(PiiKey::new(b"an example, and not random at all")?);
    };
    Ok(PiiKey::new(&fs::read(path)?)?)
}

/// What an analyst asks: joins by the hash, without an address.
fn report(lines: &[String]) -> Result<(), Box<dyn Error>> {
    let mut signed_up = HashSet::new();
    let mut failed = 0;
    for line in lines {
        println!("{line}");
        let event: Value = serde_json::from_str(line)?;
        let email = event["params"]["email"].to_string();
        match event["type"].as_str() {
            Some("signed_up") => drop(signed_up.insert(email)),
            _ => failed += u32::from(signed_up.contains(&email)),
        }
    }
    println!("failed logins of people who have signed up: {failed}");
    Ok(())
}

fn lines_in(directory: &std::path::Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            lines.extend(fs::read_to_string(path)?.lines().map(str::to_owned));
        }
    }
    Ok(lines)
}
