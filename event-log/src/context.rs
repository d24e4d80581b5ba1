//! What a request knows about every event that it emits: rendered once, passed along or ambient.

mod ambient;
mod error;
mod fragment;
mod hand_on;
mod lenient;
mod scope;
#[cfg(test)]
mod tests;
mod values;

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use serde_core::Serialize;
use serde_json::ser::Serializer;

use crate::envelope::RESERVED_NAMES;
use crate::params::OneLine;
use crate::user_id::AsUserId;

pub(crate) use self::ambient::with_current;
pub(crate) use self::fragment::{COUNTRY_CODE, Fragment, LOCALE, NO_VALUES, PARAMS, USER_ID};

pub use self::ambient::Entered;
use self::ambient::Frame;
pub use self::error::ContextError;
pub use self::hand_on::InContext;
pub use self::lenient::LenientContext;
pub use self::scope::Scope;
pub use self::values::{IntoCountryCode, IntoLocale};

/// The longest name of a common field in bytes.
const MAX_NAME_BYTES: usize = 128;

/// What is known about every event of a request: who, in which language and country, and the common
/// fields, such as a session id.
///
/// Values become JSON when they are set, so an emit only copies them. A clone costs one atomic
/// increment.
///
/// A context is handed to a logger explicitly, or made *current*: with [`scope`](Self::scope) for a
/// future, with [`enter`](Self::enter) or [`attach`](Self::attach) for synchronous code. For each
/// key, the event's own value goes first, then the explicit context's, the current one's, the
/// builder's default.
///
/// # Threads and tasks
///
/// A new thread or task starts without a current context. Hand it on: a closure with
/// [`wrap`](Self::wrap) or, where it is called many times, [`wrap_fn`](Self::wrap_fn); a future with
/// [`in_current_context`](InContext::in_current_context).
///
/// ```
/// use event_log::{Context, InContext};
///
/// # fn store() {}
/// # async fn notify() {}
/// # mod tokio { pub fn spawn<F: Send + 'static>(_task: F) {} }
/// # mod rayon { pub fn spawn(job: impl FnOnce() + Send + 'static) { job() } }
/// Context::new().user_id(42).enter(|| {
///     let context = Context::current();
///     let worker = std::thread::spawn(context.wrap(|| format!("{:?}", Context::current())));
///     assert!(worker.join().unwrap().contains(r#""user_id":42"#));
///
///     std::thread::scope(|threads| {
///         threads.spawn(context.wrap(|| store()));
///     });
///     rayon::spawn(context.wrap(store));
///     tokio::spawn(notify().in_current_context());
///
///     // What is sent to a worker takes it along: a job as a closure, a message beside it.
///     let (jobs, worker) = std::sync::mpsc::channel::<Box<dyn FnOnce() + Send>>();
///     jobs.send(Box::new(context.wrap(store))).unwrap();
///     let (orders, clerk) = std::sync::mpsc::channel::<(Context, u64)>();
///     orders.send((context, 7)).unwrap();
///     worker.recv().unwrap()();
///     let (context, _order) = clerk.recv().unwrap();
///     context.enter(store);
/// });
/// ```
///
/// A task that is polled by its parent (`.await`, `join!`, `select!`, `FuturesUnordered`) needs
/// nothing, and neither does `block_in_place`: they run where the context is current.
///
/// # What strangers sent
///
/// A malformed locale in a request must cost neither the request nor its user id: see
/// [`lenient`](Self::lenient).
///
/// # Contexts in contexts
///
/// An inner context replaces the outer one, whose values are not seen through it. To extend the
/// outer one, start from [`current`](Self::current):
///
/// ```
/// use event_log::Context;
///
/// # fn main() -> Result<(), event_log::ContextError> {
/// let request = Context::new().locale("ja")?.field("request_id", "r-1")?;
/// request.enter(|| {
///     // After the login:
///     Context::current().user_id(42).enter(|| { /* locale, request and user */ });
/// });
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Context {
    /// `None` while nothing was set, so that an empty context costs no allocation.
    fragment: Option<Arc<Fragment>>,
}

impl Context {
    /// A context that knows nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { fragment: None }
    }

    /// The context that is current on this thread, for handing it on or extending it; an empty one
    /// where there is none, as in the destructor of a thread-local value.
    #[must_use]
    pub fn current() -> Self {
        with_current(|current| current.cloned().unwrap_or_default())
    }

    /// Sets who acts: an integer, a string, a UUID, an option of these.
    ///
    /// `None` makes the user unknown to this context, so a weaker one may name it.
    #[expect(
        clippy::missing_panics_doc,
        reason = "no user id fails to serialize, so this never panics"
    )]
    #[must_use]
    pub fn user_id(mut self, user_id: impl AsUserId) -> Self {
        let json = user_id.as_user_id().map(|user_id| {
            to_json(&user_id).expect("an integer or a string serializes into memory")
        });
        self.change(|fragment| fragment.set_envelope(USER_ID, json.as_deref()));
        self
    }

    /// Sets the language: a [`Locale`](crate::Locale), text with its syntax, such as `ja` or
    /// `zh-Hant-TW`, or an option of either.
    ///
    /// `None` makes the language unknown to this context, so a weaker one may name it. Where a
    /// malformed text must not cost the other values, see [`lenient`](Self::lenient).
    ///
    /// # Errors
    /// If the text is not a well-formed BCP 47 tag of at most 35 bytes.
    ///
    /// ```
    /// use event_log::Context;
    ///
    /// # let header: Option<&str> = None;
    /// let context = Context::new().locale("ja")?.locale(header)?;
    /// # Ok::<(), event_log::ContextError>(())
    /// ```
    pub fn locale(mut self, locale: impl IntoLocale) -> Result<Self, ContextError> {
        self.set_locale(locale)?;
        Ok(self)
    }

    /// Sets the country: a [`CountryCode`](crate::CountryCode), text with its syntax, such as `JP`,
    /// or an option of either.
    ///
    /// `None` makes the country unknown to this context, so a weaker one may name it. Where a
    /// malformed text must not cost the other values, see [`lenient`](Self::lenient).
    ///
    /// # Errors
    /// If the text is not two upper-case ASCII letters.
    pub fn country_code(mut self, country: impl IntoCountryCode) -> Result<Self, ContextError> {
        self.set_country_code(country)?;
        Ok(self)
    }

    /// Sets a common field, such as a session id or the version of the application.
    ///
    /// It stands in the line between `country_code` and `params`. A second value for a name replaces
    /// the first. The name has ASCII letters, digits and `_`, does not start with a digit, and is at
    /// most 128 bytes long. The value is whatever serializes to JSON; it is serialized here, once,
    /// and `None` is written as `null`. It adds its length to every line.
    ///
    /// Loading a lake puts common fields and params side by side, so no event should have a param of
    /// this name.
    ///
    /// # Errors
    /// If the name is not a name, is the name of another key of the line or of a partition column
    /// (`id`, `date`, `type`, `user_id`, `locale`, `country_code`, `params`, `year`, `month`, `day`,
    /// `hour`, `dt`, in any case), or differs from that of another common field only in case; or if
    /// the value does not serialize, such as a map whose keys are not strings.
    ///
    /// ```
    /// use event_log::Context;
    ///
    /// let context = Context::new().field("session_id", "s-1")?.field("app_version", 12)?;
    /// assert!(context.clone().field("App_Version", 13).is_err());
    /// assert!(context.field("year", 2021).is_err());
    /// # Ok::<(), event_log::ContextError>(())
    /// ```
    pub fn field(mut self, name: &str, value: impl Serialize) -> Result<Self, ContextError> {
        self.set_field(name, &value)?;
        Ok(self)
    }

    /// Goes on with setters that cannot fail, for values that strangers sent.
    pub fn lenient(self) -> LenientContext {
        LenientContext::new(self)
    }

    /// Makes this the current context while `run` runs; then the one before is current again, also
    /// after a panic.
    ///
    /// Where `run` returns a future, that future does not run in here: use [`scope`](Self::scope).
    pub fn enter<R>(&self, run: impl FnOnce() -> R) -> R {
        let _frame = Frame::new(self);
        run()
    }

    /// Makes this the current context of this thread until the returned guard is dropped.
    ///
    /// Bind the guard to a name: `let _ = context.attach();` drops it, and leaves the context, at
    /// once. Do not hold it across an `.await`, where the thread turns to other tasks with the
    /// context still current: use [`scope`](Self::scope).
    ///
    /// Current is always the context that was attached last of those whose guard is still alive, in
    /// whatever order the guards are dropped. The end of an enclosing `enter`, or of a poll of an
    /// enclosing `scope`, leaves every context that was attached inside; a guard that outlives it
    /// then does nothing.
    ///
    /// ```
    /// use event_log::Context;
    ///
    /// let context = Context::new().user_id(42);
    /// let entered = context.attach();
    /// assert!(format!("{:?}", Context::current()).contains("42"));
    /// drop(entered);
    /// assert!(!format!("{:?}", Context::current()).contains("42"));
    /// ```
    pub fn attach(&self) -> Entered {
        Entered::new(self)
    }

    /// Lets a future run in this context: it is current whenever the future is polled, and while it
    /// is dropped, so it follows `.await` on any executor.
    ///
    /// A task that the future spawns does not inherit the context unless asked:
    /// `tokio::spawn(task.in_current_context())`, see [`InContext`].
    ///
    /// ```
    /// use event_log::Context;
    ///
    /// # async fn handle(request: u32) {}
    /// async fn serve(user: u64, request: u32) {
    ///     Context::new().user_id(user).scope(handle(request)).await;
    /// }
    /// ```
    pub fn scope<F: Future>(&self, future: F) -> Scope<F> {
        Scope::new(self.clone(), future)
    }

    /// The rendered values, or `None` if there are none.
    #[inline]
    pub(crate) fn fragment(&self) -> Option<&Fragment> {
        self.fragment.as_deref()
    }

    /// What this context adds to a line, in bytes.
    pub(crate) fn rendered_bytes(&self) -> usize {
        self.fragment().map_or(0, |fragment| fragment.text().len())
    }

    /// The value of a key as JSON, if it has one: the first three by index, see [`Fragment`].
    pub(crate) fn envelope_json(&self, index: usize) -> Option<&[u8]> {
        self.fragment()?.envelope_value(index)
    }

    /// The value of a common field as JSON, if it is there.
    pub(crate) fn field_json(&self, name: &str) -> Option<&[u8]> {
        self.fragment()?.field_value(name)
    }

    fn set_locale(&mut self, locale: impl IntoLocale) -> Result<(), ContextError> {
        let json = locale.into_locale()?.map(|locale| format!("\"{locale}\""));
        self.set_envelope(LOCALE, json);
        Ok(())
    }

    fn set_country_code(&mut self, country: impl IntoCountryCode) -> Result<(), ContextError> {
        let json = country.into_country_code()?.map(|country| format!("\"{country}\""));
        self.set_envelope(COUNTRY_CODE, json);
        Ok(())
    }

    fn set_envelope(&mut self, index: usize, json: Option<String>) {
        let json = json.map(String::into_bytes);
        self.change(|fragment| fragment.set_envelope(index, json.as_deref()));
    }

    fn set_field(&mut self, name: &str, value: &impl Serialize) -> Result<(), ContextError> {
        self.check_name(name)?;
        let json = to_json(value)
            .map_err(|source| ContextError::FieldValue { name: name.to_owned(), source })?;
        self.change(|fragment| fragment.set_field(name, &json));
        Ok(())
    }

    fn change(&mut self, change: impl FnOnce(&mut Fragment)) {
        let fragment = self.fragment.get_or_insert_with(|| Arc::new(Fragment::new()));
        change(Arc::make_mut(fragment));
    }

    pub(crate) fn check_name(&self, name: &str) -> Result<(), ContextError> {
        if !is_name(name) {
            let name = name.chars().take(MAX_NAME_BYTES).collect();
            return Err(ContextError::FieldName { name });
        }
        if RESERVED_NAMES.iter().any(|reserved| reserved.eq_ignore_ascii_case(name)) {
            return Err(ContextError::ReservedName { name: name.to_owned() });
        }
        match self.fragment().and_then(|fragment| fragment.field_like(name)) {
            Some(other) if other != name => Err(ContextError::NamesDifferInCase {
                name: name.to_owned(),
                other: other.to_owned(),
            }),
            _ => Ok(()),
        }
    }
}

fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    name.bytes().all(allowed)
        && name.len() <= MAX_NAME_BYTES
        && name.bytes().next().is_some_and(|first| !first.is_ascii_digit())
}

fn to_json(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut json = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut json, OneLine))?;
    Ok(json)
}

/// Shows the values as JSON.
impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = self.fragment().map_or_else(Default::default, Fragment::values);
        write!(f, "Context {{{}}}", String::from_utf8_lossy(values))
    }
}
