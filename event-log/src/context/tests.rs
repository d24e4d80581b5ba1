use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::{cell::RefCell, thread};

use proptest::prelude::*;
use serde_json::Value;
use serde_json::value::RawValue;

use super::*;
use crate::locale::Locale;

fn user(id: u64) -> Context {
    Context::new().user_id(id)
}

fn values(context: &Context) -> String {
    context
        .fragment()
        .map_or_else(String::new, |fragment| String::from_utf8(fragment.values().to_vec()).unwrap())
}

/// The user id of the current context as JSON, or nothing.
fn current_user() -> String {
    let json = format!("{{{}}}", values(&Context::current()));
    let json: Value = serde_json::from_str(&json).unwrap();
    json.get("user_id").map_or_else(String::new, Value::to_string)
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut task_context())
}

fn task_context() -> std::task::Context<'static> {
    std::task::Context::from_waker(Waker::noop())
}

/// Runs a future that only ever yields.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = poll_once(future.as_mut()) {
            return output;
        }
    }
}

async fn yield_now() {
    let mut yielded = false;
    poll_fn(
        |_| if std::mem::replace(&mut yielded, true) { Poll::Ready(()) } else { Poll::Pending },
    )
    .await;
}

#[test]
fn values_stand_in_the_order_of_the_line_whatever_the_order_of_the_calls() {
    let context = Context::new()
        .field("session", "s1")
        .unwrap()
        .country_code("JP")
        .unwrap()
        .field("version", 3)
        .unwrap()
        .locale("ja")
        .unwrap()
        .user_id(42);
    let expected = r#""user_id":42,"locale":"ja","country_code":"JP","session":"s1","version":3"#;
    assert_eq!(values(&context), expected);
    assert_eq!(format!("{context:?}"), format!("Context {{{expected}}}"));
}

#[test]
fn a_later_value_replaces_the_earlier_one() {
    let context = Context::new().user_id(42).locale("ja").unwrap().field("a", 1).unwrap();
    let context = context.field("b", 2).unwrap().field("a", "longer").unwrap();
    let context = context.user_id("text").locale(Locale::new("en").unwrap()).unwrap();
    let expected = r#""user_id":"text","locale":"en","country_code":null,"a":"longer","b":2"#;
    assert_eq!(values(&context), expected);
    let unknown = context.user_id(None::<u64>);
    assert!(values(&unknown).starts_with(r#""user_id":null,"locale":"en""#));
    assert_eq!(unknown.fragment().unwrap().envelope_piece(USER_ID), None);
}

#[test]
fn a_change_leaves_clones_as_they_were() {
    let before = user(1);
    let after = before.clone().user_id(2);
    assert!(values(&before).contains(":1,") && values(&after).contains(":2,"));
}

#[test]
fn every_kind_of_user_id_is_valid_json() {
    let uuid = uuid::Uuid::from_u128(7);
    let cases = [
        (Context::new().user_id(i64::MIN), "-9223372036854775808".to_owned()),
        (Context::new().user_id(u64::MAX), "18446744073709551615".to_owned()),
        (Context::new().user_id("a\"b\n"), r#""a\"b\n""#.to_owned()),
        (Context::new().user_id(uuid), format!("\"{uuid}\"")),
    ];
    for (context, json) in cases {
        assert_eq!(
            values(&context),
            format!(r#""user_id":{json},"locale":null,"country_code":null"#)
        );
    }
}

#[test]
fn wrong_names_and_values_of_common_fields_are_refused() {
    let context = Context::new().field("session", 1).unwrap();
    let field = |name: &str| context.clone().field(name, 1).map(|_| ()).unwrap_err().to_string();
    let long = "a".repeat(129);
    for name in ["", "1a", "a-b", "a b", "é", "a\"", "a\n", &long] {
        assert!(field(name).contains("cannot name a common field: a name has"), "{name}");
    }
    for name in RESERVED_NAMES.iter().flat_map(|name| [(*name).to_owned(), name.to_uppercase()]) {
        assert!(field(&name).contains("has a column of this name"), "{name}");
    }
    assert_eq!(
        field("Session"),
        "the common field `Session` differs from `session` only in case; rename one of them"
    );
    let map = std::collections::BTreeMap::from([((1, 2), 3)]);
    assert!(matches!(context.clone().field("map", map), Err(ContextError::FieldValue { .. })));
    assert!(context.clone().field(&"a".repeat(128), 1).is_ok());
    assert!(Context::new().locale("ja_JP").is_err() && Context::new().country_code("jp").is_err());
}

#[test]
fn a_common_field_holds_no_line_break() {
    let raw = RawValue::from_string("{\"a\":\n1,\r\n\"b\":2}".to_owned()).unwrap();
    let context = Context::new().field("raw", raw).unwrap();
    assert!(values(&context).ends_with(r#","raw":{"a": 1,  "b":2}"#));
}

proptest! {
    #[test]
    fn any_text_makes_a_valid_fragment(id: String, names in prop::collection::vec("[a-c]{1,2}", 0..6), text: String) {
        let mut context = Context::new().user_id(&id);
        let mut last = std::collections::BTreeMap::new();
        for (index, name) in names.iter().enumerate() {
            context = context.field(name, (index, &text)).unwrap();
            last.insert(name, index);
        }
        let json = format!("{{{}}}", values(&context));
        prop_assert!(!json.contains(['\n', '\r']));
        let json: Value = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&json["user_id"], &Value::from(id));
        prop_assert_eq!(json.as_object().unwrap().len(), 3 + last.len());
        for (name, index) in last {
            prop_assert_eq!(&json[name], &serde_json::json!([index, text]));
        }
    }
}

#[test]
fn an_inner_context_replaces_the_outer_one_and_its_end_restores_it() {
    assert_eq!(current_user(), "");
    user(1).enter(|| {
        assert_eq!(current_user(), "1");
        Context::new().enter(|| assert_eq!(current_user(), ""));
        Context::current().locale("ja").unwrap().enter(|| {
            assert_eq!(current_user(), "1");
            user(2).enter(|| assert_eq!(current_user(), "2"));
        });
        assert!(!values(&Context::current()).contains("ja"));
    });
    assert_eq!(current_user(), "");
}

#[test]
fn a_panic_restores_the_context() {
    user(1).enter(|| {
        let inner = catch_unwind(|| user(2).enter(|| panic!("in enter")));
        assert!(inner.is_err());
        assert_eq!(current_user(), "1");
        let mut scope = pin!(user(3).scope(async { panic!("in scope") }));
        let polled = catch_unwind(AssertUnwindSafe(|| poll_once(scope.as_mut())));
        assert!(polled.is_err());
        assert_eq!(current_user(), "1");
    });
    assert_eq!(current_user(), "");
}

#[test]
fn guards_dropped_in_any_order_leave_the_last_one_alive_current() {
    let [a, b, c] = [user(1).attach(), user(2).attach(), user(3).attach()];
    drop(b);
    assert_eq!(current_user(), "3");
    drop(c);
    assert_eq!(current_user(), "1");
    drop(a);
    assert_eq!(current_user(), "");
}

#[test]
fn a_guard_that_outlives_its_frame_does_nothing() {
    let mut kept = None;
    user(1).enter(|| {
        user(2).enter(|| kept = Some(user(3).attach()));
        assert_eq!(current_user(), "1");
        let other = user(4).attach();
        kept = None;
        assert_eq!(current_user(), "4");
        drop(other);
    });
    assert_eq!((current_user(), kept.is_none()), (String::new(), true));
}

#[test]
fn a_guard_held_across_an_await_does_not_leak_out_of_its_scope() {
    let mut scope = pin!(user(1).scope(async {
        let _entered = user(2).attach();
        yield_now().await;
        current_user()
    }));
    assert!(poll_once(scope.as_mut()).is_pending());
    assert_eq!(current_user(), "");
    assert_eq!(poll_once(scope.as_mut()), Poll::Ready("1".to_owned()));
}

#[test]
fn futures_polled_in_turn_see_only_their_own_context() {
    async fn request(id: u64) -> Vec<String> {
        let mut seen = Vec::new();
        for step in 0..4 {
            seen.push(current_user());
            yield_now().await;
            seen.push(current_user());
            user(100 + id)
                .scope(async {
                    seen.push(current_user());
                    yield_now().await;
                    seen.push(current_user());
                })
                .await;
            user(200 + step).enter(|| ());
        }
        assert_eq!(seen.len(), 16);
        seen
    }
    let mut first = pin!(user(1).scope(request(1)));
    let mut second = pin!(user(2).scope(request(2)));
    let mut done = Vec::new();
    while done.len() < 2 {
        for future in [first.as_mut(), second.as_mut()] {
            if done.len() < 2
                && let Poll::Ready(seen) = poll_once(future)
            {
                done.push(seen);
            }
            assert_eq!(current_user(), "");
        }
    }
    assert_eq!(done[0], ["1", "1", "101", "101"].repeat(4));
    assert_eq!(done[1], ["2", "2", "102", "102"].repeat(4));
}

#[test]
fn a_scope_moves_between_threads_with_its_future() {
    let mut scope = Box::pin(user(1).scope(async {
        let first = current_user();
        yield_now().await;
        (first, current_user())
    }));
    assert!(poll_once(scope.as_mut()).is_pending());
    let seen = thread::spawn(move || user(9).enter(|| block_on(scope))).join().unwrap();
    assert_eq!(seen, ("1".to_owned(), "1".to_owned()));
}

#[test]
fn a_future_is_dropped_in_its_context() {
    struct Last(Rc<RefCell<String>>);
    impl Drop for Last {
        fn drop(&mut self) {
            *self.0.borrow_mut() = current_user();
        }
    }
    let seen = Rc::new(RefCell::new(String::new()));
    let last = Last(Rc::clone(&seen));
    let mut scope = Box::pin(user(1).scope(async move {
        let _last = last;
        yield_now().await;
    }));
    assert!(poll_once(scope.as_mut()).is_pending());
    user(2).enter(|| drop(scope));
    assert_eq!(*seen.borrow(), "1");
}

#[test]
fn a_new_thread_has_no_context_unless_it_is_handed_on() {
    user(1).enter(|| {
        assert_eq!(thread::spawn(current_user).join().unwrap(), "");
        let context = Context::current();
        assert_eq!(thread::spawn(move || context.enter(current_user)).join().unwrap(), "1");
    });
}

#[test]
fn the_end_of_a_thread_has_no_context_and_no_panic() {
    struct AtEnd(mpsc::Sender<(String, String)>);
    impl Drop for AtEnd {
        fn drop(&mut self) {
            let inside = user(1).enter(current_user);
            let _ = self.0.send((inside, current_user()));
        }
    }
    thread_local!(static AT_END: RefCell<Option<AtEnd>> = const { RefCell::new(None) });
    // What a thread uses first is destroyed first or last, so both orders are tried.
    for context_first in [false, true] {
        let (sender, receiver) = mpsc::channel();
        let thread = thread::spawn(move || {
            if context_first {
                user(2).enter(|| ());
            }
            AT_END.set(Some(AtEnd(sender)));
            user(2).enter(|| ());
        });
        thread.join().unwrap();
        let (inside, outside) = receiver.recv().unwrap();
        assert!(["", "1"].contains(&inside.as_str()));
        assert_eq!(outside, "");
    }
}

#[test]
fn contexts_and_scopes_may_cross_threads() {
    fn crosses<T: Send + Sync>() {}
    crosses::<Context>();
    crosses::<Scope<String>>();
    crosses::<ContextError>();
}

#[test]
fn an_option_sets_a_value_or_takes_it_away() {
    let context = Context::new().locale(Some("ja")).unwrap().country_code(Some("JP")).unwrap();
    assert_eq!(values(&context), r#""user_id":null,"locale":"ja","country_code":"JP""#);
    let context = context.locale(None::<Locale>).unwrap().country_code(None::<&str>).unwrap();
    assert_eq!(context.fragment().unwrap().envelope_piece(LOCALE), None);
    assert_eq!(values(&context), r#""user_id":null,"locale":null,"country_code":null"#);
    assert!(Context::new().locale(Some("ja_JP")).is_err());
    assert!(Context::new().country_code(Some("jp".to_owned())).is_err());
}

#[test]
fn a_refused_value_leaves_a_lenient_context_as_it_was() {
    let before = user(1).locale("ja").unwrap().field("session", "s").unwrap();
    let refuse = |context: LenientContext| {
        let context = context.locale("ja_JP").country_code("jp").field("id", 1).field("Session", 2);
        context.field("map", std::collections::BTreeMap::from([((1, 2), 3)]))
    };
    let mut refused = 0;
    let after = refuse(before.clone().lenient()).finish(|_| refused += 1);
    assert_eq!((values(&after), refused), (values(&before), 5));

    let good = refuse(Context::new().lenient()).user_id(2).locale("en").country_code("US");
    let good = good.field("session", "t").finish(drop);
    assert_eq!(
        values(&good),
        r#""user_id":2,"locale":"en","country_code":"US","Session":2"#,
        "the first of two names that differ in case stays"
    );
}

/// Sends the user that is current when it is dropped.
struct TellsOnDrop(mpsc::Sender<String>);

impl Drop for TellsOnDrop {
    fn drop(&mut self) {
        let _ = self.0.send(current_user());
    }
}

#[test]
fn a_wrapped_closure_runs_and_is_dropped_in_its_context() {
    let (sender, dropped) = mpsc::channel();
    let told = TellsOnDrop(sender.clone());
    let run = user(1).wrap(move || {
        let _told = &told;
        current_user()
    });
    let seen = thread::spawn(move || user(2).enter(|| (run(), current_user()))).join().unwrap();
    assert_eq!(seen, ("1".to_owned(), "2".to_owned()));
    assert_eq!(dropped.recv().unwrap(), "1");

    let told = TellsOnDrop(sender);
    let never_run = user(3).wrap(move || drop(told));
    user(4).enter(|| drop(never_run));
    assert_eq!(dropped.recv().unwrap(), "3");
}

#[test]
fn a_wrapped_function_runs_in_its_context_each_time_and_on_each_thread() {
    let run = user(1).wrap_fn(|argument: u8| (argument, current_user()));
    thread::scope(|threads| {
        for argument in 0..4 {
            let run = &run;
            threads.spawn(move || assert_eq!(run(argument), (argument, "1".to_owned())));
        }
    });
    assert_eq!(current_user(), "");
}

#[test]
fn a_panic_in_a_wrapped_closure_restores_the_context() {
    user(1).enter(|| {
        let run = user(2).wrap(|| panic!("in wrap"));
        assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
        assert_eq!(current_user(), "1");
    });
}

#[test]
fn a_future_takes_the_context_that_is_current_when_it_is_made() {
    let future = user(1).enter(|| async { current_user() }.in_current_context());
    let other = async { current_user() }.in_context(&user(2));
    assert_eq!(user(3).enter(|| (block_on(future), block_on(other))), ("1".into(), "2".into()));
}

#[cfg(feature = "stream")]
#[test]
fn a_stream_is_polled_in_its_context() {
    use futures_core::Stream;

    struct Users(u8);
    impl Stream for Users {
        type Item = String;

        fn poll_next(
            mut self: Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> Poll<Option<String>> {
            self.0 += 1;
            Poll::Ready((self.0 <= 2).then(current_user))
        }

        fn size_hint(&self) -> (usize, Option<usize>) {
            (1, Some(2))
        }
    }
    let mut stream = pin!(user(1).scope_stream(Users(0)));
    assert_eq!(stream.size_hint(), (1, Some(2)));
    let mut next = || user(2).enter(|| stream.as_mut().poll_next(&mut task_context()));
    assert_eq!([next(), next()], [Poll::Ready(Some("1".into())), Poll::Ready(Some("1".into()))]);
    assert_eq!(next(), Poll::Ready(None));
}
