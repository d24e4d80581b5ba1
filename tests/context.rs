//! Which value a line gets where several sources have one, and that requests do not mix.

use std::future::Future;
use std::pin::Pin;
use std::task::{self, Poll};

use event_log::{Context, CountryCode, Event, Locale, Logger};
use serde_json::{Value, json};
use tests::values;

#[derive(Event)]
struct Seen {
    #[event(user_id)]
    user: Option<u64>,
    #[event(locale)]
    language: Option<Locale>,
    #[event(country_code)]
    country: Option<CountryCode>,
    request: u64,
}

fn seen(request: u64) -> Seen {
    Seen { user: None, language: None, country: None, request }
}

fn all(user: u64, locale: &str, country_code: &str, from: &str) -> Context {
    let context = Context::new().user_id(user).locale(locale).expect("a value of its kind");
    context
        .country_code(country_code)
        .expect("a value of its kind")
        .field("from", from)
        .expect("a value of its kind")
}

fn envelope(value: &Value) -> Value {
    json!([value["user_id"], value["locale"], value["country_code"], value["from"]])
}

#[test]
fn the_event_goes_before_with_before_the_ambient_before_the_builder() {
    let directory = tempfile::tempdir().unwrap();
    let default = all(1, "de", "DE", "builder");
    let ambient = all(2, "fr", "FR", "ambient");
    let explicit = all(3, "ja", "JP", "with");
    let own = || Seen {
        user: Some(4),
        language: Some("pt-BR".parse().unwrap()),
        country: Some("BR".parse().unwrap()),
        request: 0,
    };
    let logger = Logger::builder(directory.path()).context(default).build().unwrap();
    logger.emit(seen(0));
    ambient.enter(|| {
        logger.emit(seen(0));
        logger.with(&explicit).emit(seen(0));
        logger.with(&explicit).emit(own());
        logger.with(&Context::new()).emit(seen(0));
        logger.emit(own());
        Context::new().enter(|| logger.emit(seen(0)));
    });
    logger.emit(own());
    drop(logger);
    let found: Vec<Value> = values(directory.path()).iter().map(envelope).collect();
    let expected = [
        json!([1, "de", "DE", "builder"]),
        json!([2, "fr", "FR", "ambient"]),
        json!([3, "ja", "JP", "with"]),
        json!([4, "pt-BR", "BR", "with"]),
        json!([2, "fr", "FR", "ambient"]),
        json!([4, "pt-BR", "BR", "ambient"]),
        json!([1, "de", "DE", "builder"]),
        json!([4, "pt-BR", "BR", "builder"]),
    ];
    assert_eq!(found, expected);
}

#[test]
fn each_value_is_taken_from_the_strongest_source_that_has_it() {
    let directory = tempfile::tempdir().unwrap();
    let default = Context::new().country_code("DE").unwrap().field("version", 7).unwrap();
    let ambient = Context::new().locale("fr").unwrap().field("session", "s").unwrap();
    let explicit = Context::new().user_id(3);
    let logger = Logger::builder(directory.path()).context(default).build().unwrap();
    ambient.enter(|| logger.with(&explicit).emit(seen(0)));
    drop(logger);
    let value = &values(directory.path())[0];
    assert_eq!(envelope(value), json!([3, "fr", "DE", null]));
    assert_eq!((&value["version"], &value["session"]), (&json!(7), &json!("s")));
}

/// Lets other tasks run, on another thread perhaps.
struct Yield(bool);

impl Future for Yield {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().expect("a runtime")
}

#[test]
fn two_hundred_interleaved_requests_never_see_the_context_of_another() {
    const REQUESTS: u64 = 200;
    const EVENTS: u64 = 20;
    let directory = tempfile::tempdir().unwrap();
    let logger = Logger::builder(directory.path()).build().unwrap();
    let runtime = runtime();
    let handle = |request: u64| {
        let logger = logger.clone();
        let context = Context::new().user_id(request);
        context.scope(async move {
            for number in 0..EVENTS {
                logger.emit(seen(request));
                Yield(false).await;
                if number % 5 == 0 {
                    // A deeper context, for a part of the request.
                    let part = Context::current().field("part", number).unwrap();
                    let deeper = logger.clone();
                    part.scope(async move {
                        Yield(false).await;
                        deeper.emit(seen(request));
                        Yield(false).await;
                    })
                    .await;
                }
            }
        })
    };
    let tasks: Vec<_> = (0..REQUESTS).map(|request| runtime.spawn(handle(request))).collect();
    for task in tasks {
        runtime.block_on(task).unwrap();
    }
    logger.emit(seen(0));
    drop(logger);
    let values = values(directory.path());
    assert_eq!(values.len() as u64, REQUESTS * (EVENTS + EVENTS / 5) + 1);
    let (last, requests) = values.split_last().unwrap();
    assert_eq!(last["user_id"], Value::Null);
    for value in requests {
        assert_eq!(value["user_id"], value["params"]["request"], "{value}");
    }
    let parts = requests.iter().filter(|value| value.get("part").is_some()).count() as u64;
    assert_eq!(parts, REQUESTS * EVENTS / 5);
}

#[test]
fn a_spawned_task_has_the_context_if_it_is_handed_over_and_not_otherwise() {
    let directory = tempfile::tempdir().unwrap();
    let logger = Logger::builder(directory.path()).build().unwrap();
    let runtime = runtime();
    let context = Context::new().user_id(42);
    let (kept, lost) = (logger.clone(), logger.clone());
    runtime.block_on(context.scope(async {
        let task = async move { kept.emit(seen(1)) };
        tokio::spawn(Context::current().scope(task)).await.unwrap();
        tokio::spawn(async move { lost.emit(seen(2)) }).await.unwrap();
    }));
    drop(logger);
    let found: Vec<Value> = values(directory.path())
        .iter()
        .map(|value| json!([value["params"]["request"], value["user_id"]]))
        .collect();
    assert_eq!(found, [json!([1, 42]), json!([2, null])]);
}

#[test]
fn what_a_dropped_request_still_emits_bears_its_context() {
    struct EmitsOnDrop(Logger);
    impl Drop for EmitsOnDrop {
        fn drop(&mut self) {
            self.0.emit(seen(9));
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let logger = Logger::builder(directory.path()).build().unwrap();
    let emits = EmitsOnDrop(logger.clone());
    let request = Context::new().user_id(9).scope(async move {
        let _emits = emits;
        std::future::pending::<()>().await;
    });
    let mut request = Box::pin(request);
    let mut context = task::Context::from_waker(task::Waker::noop());
    assert!(request.as_mut().poll(&mut context).is_pending());
    drop(request);
    drop(logger);
    assert_eq!(values(directory.path())[0]["user_id"], json!(9));
}
