//! Threads that requests hand something to: jobs, local tasks, futures of an executor of our own.

use std::pin::Pin;
use std::sync::mpsc;
use std::task::{Context as TaskContext, Poll, Waker};
use std::thread;

use event_log::{Context, InContext};
use tokio::runtime;
use tokio::sync::{mpsc as tokio_mpsc, oneshot};
use tokio::task::{LocalSet, spawn_local, yield_now};

pub(crate) type Job = Box<dyn FnOnce() + Send>;
pub(crate) type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What is sent to the thread of local tasks: data, with the context beside it.
type Local = (Context, Job, oneshot::Sender<()>);

/// The sending ends. The threads wait for more until the process ends.
#[derive(Debug)]
pub(crate) struct Workers {
    jobs: mpsc::Sender<Job>,
    locals: tokio_mpsc::UnboundedSender<Local>,
    tasks: mpsc::Sender<Task>,
}

impl Workers {
    pub(crate) fn start() -> Self {
        let (jobs, to_run) = mpsc::channel::<Job>();
        thread::spawn(move || run(to_run));
        let (locals, to_spawn) = tokio_mpsc::unbounded_channel();
        thread::spawn(move || run_locals(to_spawn));
        Self { jobs, locals, tasks: start_executor() }
    }

    /// Has a thread run a job that another thread made.
    pub(crate) fn run(&self, job: impl FnOnce() + Send + 'static) {
        self.jobs.send(Box::new(job)).expect("the worker waits for jobs");
    }

    /// Emits in a local task beside those of other requests.
    pub(crate) async fn spawn_local(&self, emit: impl FnOnce() + Send + 'static) {
        let (tell, told) = oneshot::channel();
        let local = (Context::current(), Box::new(emit) as Job, tell);
        self.locals.send(local).expect("the worker waits for tasks");
        told.await.expect("the task has run");
    }

    /// Runs a future on two threads in turn.
    pub(crate) fn execute(&self, task: Task) {
        self.tasks.send(task).expect("the executor waits for tasks");
    }
}

fn run(jobs: mpsc::Receiver<Job>) {
    for job in jobs {
        job();
    }
}

fn run_locals(mut to_spawn: tokio_mpsc::UnboundedReceiver<Local>) {
    let runtime = runtime::Builder::new_current_thread().build().expect("a runtime");
    LocalSet::new().block_on(&runtime, async move {
        while let Some((context, emit, tell)) = to_spawn.recv().await {
            let task = async move {
                yield_now().await;
                emit();
                // Nobody waits only if the test has failed.
                let _ = tell.send(());
            };
            spawn_local(task.in_context(&context));
        }
    });
}

/// An executor of two threads: each polls a task once and passes it to the other one if it is not
/// ready, so that every task moves and the tasks of many requests take turns.
fn start_executor() -> mpsc::Sender<Task> {
    let (tasks, first) = mpsc::channel();
    let (to_second, second) = mpsc::channel();
    let to_first = tasks.clone();
    thread::spawn(move || poll_each(first, &to_second));
    thread::spawn(move || poll_each(second, &to_first));
    tasks
}

fn poll_each(tasks: mpsc::Receiver<Task>, next: &mpsc::Sender<Task>) {
    for task in tasks {
        poll(task, next);
    }
}

fn poll(mut task: Task, next: &mpsc::Sender<Task>) {
    let polled = task.as_mut().poll(&mut TaskContext::from_waker(Waker::noop()));
    if polled == Poll::Pending {
        // The other thread is gone only if the test has ended.
        let _ = next.send(task);
    }
}
