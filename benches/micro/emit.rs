//! One emit by what is in the event and in its context, in nanoseconds of the calling thread.

use benches::floor::Memory;
use benches::sink::Sink;
use benches::workload::{self, event};
use criterion::{Criterion, Throughput};
use event_log::{Context, Event};
use serde::Serialize;

use crate::events::{Nothing, ORDER, escaped, japanese, plain};
use crate::rig::{Plain, builder, directory, line_of, time_emits};

/// What an emit costs its thread, by the size and kind of the event, beside the floor (its finished
/// line copied to memory) and beside one `serde_json` call for the line.
pub(crate) fn by_event(criterion: &mut Criterion) {
    bench_event(criterion, "no params", &Nothing {});
    bench_event(criterion, "5 params", &event(7));
    bench_event(criterion, "20 params", &ORDER);
    bench_event(criterion, "2000 bytes plain", &plain(2_000));
    bench_event(criterion, "2000 bytes with escapes", &escaped(2_000));
    bench_event(criterion, "2000 bytes Japanese", &japanese(2_000));
}

fn bench_event<E: Event + Serialize>(criterion: &mut Criterion, name: &str, event: &E) {
    let line = line_of(event);
    let mut serde = Plain::default();
    serde.take(event);
    // After the id and the date, which differ.
    assert_eq!(serde.line()[75..], line[75..], "both write the same line");

    let mut group = criterion.benchmark_group(format!("emit {name}"));
    group.throughput(Throughput::Bytes(line.len() as u64));
    let mut memory = Memory::default();
    group.bench_function("floor", |bencher| bencher.iter(|| memory.copy(&line)));
    group.bench_function("serde_json", |bencher| bencher.iter(|| serde.take(event)));
    let directory = directory();
    let logger = builder(&directory).storage(Sink).build().expect("a logger in a fresh directory");
    group.bench_function("event-log", |bencher| {
        bencher.iter_custom(|emits| time_emits(&logger, line.len(), emits, || logger.emit(event)));
    });
    group.finish();
}

/// What an emit of five params costs more or less with nothing, the envelope, and five common fields
/// as well in the ambient context, each beside the copy of the longer line.
pub(crate) fn by_context(criterion: &mut Criterion) {
    let envelope = workload::context();
    let fields = [
        ("session_id", "5f2c9f0e7a1b4c3d"),
        ("request_id", "r-0123456789"),
        ("app_version", "12.4.1"),
        ("platform", "android"),
        ("experiment", "new_onboarding_b"),
    ];
    let with_fields = fields.iter().fold(envelope.clone(), |context, (name, value)| {
        context.field(name, value).expect("a name like any other")
    });
    bench_context(criterion, "nothing", &Context::new());
    bench_context(criterion, "envelope", &envelope);
    bench_context(criterion, "envelope and 5 common fields", &with_fields);
}

fn bench_context(criterion: &mut Criterion, name: &str, context: &Context) {
    let line = context.enter(|| line_of(&event(7)));
    let mut group = criterion.benchmark_group(format!("ambient context: {name}"));
    group.throughput(Throughput::Bytes(line.len() as u64));
    let mut memory = Memory::default();
    group.bench_function("floor", |bencher| bencher.iter(|| memory.copy(&line)));
    let directory = directory();
    let logger = builder(&directory).storage(Sink).build().expect("a logger in a fresh directory");
    group.bench_function("event-log", |bencher| {
        bencher.iter_custom(|emits| {
            context.enter(|| time_emits(&logger, line.len(), emits, || logger.emit(event(7))))
        });
    });
    group.finish();
}
