//! The school: its courses, plans and accounts, and what may happen in it. It knows nothing of HTTP,
//! nor who asks from where: that is in the context that the caller made current.
//!
//! Each fact is emitted once it is stored, and never for what was refused.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use event_log::Logger;

use crate::events::{LessonCleared, LessonStarted, PlanPurchased, Provider, UserRegistration};

/// The courses, each with the number of its lessons.
const COURSES: [(&str, u32); 2] = [("kana", 12), ("kanji", 80)];

/// The plans, each with its price in yen.
const PLANS: [(&str, u32); 3] = [("monthly", 980), ("yearly", 9_800), ("lifetime", 39_800)];

/// The school, shared by all requests.
#[derive(Debug)]
pub(crate) struct School {
    events: Logger,
    /// By user id; stands for the database of a real service.
    accounts: Mutex<HashMap<u64, Account>>,
}

#[derive(Debug, Default)]
struct Account {
    /// The lesson that was started last and is not cleared.
    begun: Option<(&'static str, u32, Instant)>,
    plan: Option<&'static str>,
}

/// Why the school does not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the provider does not know this code; sign in there again")]
    NotVouchedFor,
    #[error("there is no such student; sign up first")]
    NoSuchStudent,
    #[error("there is no such lesson")]
    NoSuchLesson,
    #[error("the lesson was not started; start it first")]
    LessonNotStarted,
    #[error("the score is above 100")]
    ScoreTooHigh,
    #[error("there is no such plan")]
    NoSuchPlan,
    #[error("the student has this plan already")]
    PlanInUse,
}

impl School {
    /// A school without students.
    pub(crate) fn new(events: Logger) -> Self {
        Self { events, accounts: Mutex::default() }
    }

    /// Makes an account for whom the provider vouches; returns its user id.
    pub(crate) fn sign_up(
        &self,
        provider: Provider,
        code: &str,
        referrer: Option<&str>,
    ) -> Result<u64, Refusal> {
        // Stands for the exchange of the code for a token at the provider.
        if code.is_empty() {
            return Err(Refusal::NotVouchedFor);
        }
        let user = self.add_account();
        self.events.emit(UserRegistration { user, provider, referrer });
        Ok(user)
    }

    /// Begins a lesson.
    pub(crate) fn start_lesson(&self, user: u64, course: &str, lesson: u32) -> Result<(), Refusal> {
        let course = find_course(course, lesson)?;
        self.change(user, |account| {
            account.begun = Some((course, lesson, Instant::now()));
            Ok(())
        })?;
        self.events.emit(LessonStarted { course, lesson });
        Ok(())
    }

    /// Ends a lesson whose test was passed.
    pub(crate) fn clear_lesson(
        &self,
        user: u64,
        course: &str,
        lesson: u32,
        score: u8,
    ) -> Result<(), Refusal> {
        if score > 100 {
            return Err(Refusal::ScoreTooHigh);
        }
        let course = find_course(course, lesson)?;
        let began = self.change(user, |account| match account.begun {
            Some((in_course, number, began)) if (in_course, number) == (course, lesson) => {
                account.begun = None;
                Ok(began)
            }
            _ => Err(Refusal::LessonNotStarted),
        })?;
        let seconds = began.elapsed().as_secs_f64();
        self.events.emit(LessonCleared { course, lesson, score, seconds });
        Ok(())
    }

    /// Puts the student on a plan.
    pub(crate) fn purchase_plan(&self, user: u64, plan: &str) -> Result<(), Refusal> {
        let known = PLANS.into_iter().find(|(name, _)| *name == plan);
        let (plan, price) = known.ok_or(Refusal::NoSuchPlan)?;
        self.change(user, |account| match account.plan.replace(plan) {
            Some(before) if before == plan => Err(Refusal::PlanInUse),
            _ => Ok(()),
        })?;
        self.events.emit(PlanPurchased { plan, price, currency: "JPY" });
        Ok(())
    }

    fn add_account(&self) -> u64 {
        let mut accounts = self.accounts();
        let user = accounts.len() as u64 + 1;
        accounts.insert(user, Account::default());
        user
    }

    fn change<T>(
        &self,
        user: u64,
        change: impl FnOnce(&mut Account) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut accounts = self.accounts();
        change(accounts.get_mut(&user).ok_or(Refusal::NoSuchStudent)?)
    }

    fn accounts(&self) -> MutexGuard<'_, HashMap<u64, Account>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn find_course(course: &str, lesson: u32) -> Result<&'static str, Refusal> {
    let known = COURSES.into_iter().find(|(name, _)| *name == course);
    match known {
        Some((name, lessons)) if (1..=lessons).contains(&lesson) => Ok(name),
        _ => Err(Refusal::NoSuchLesson),
    }
}
