//! What single steps cost, each beside its floor in the same run.
//!
//! `cargo bench -p benches [-- FILTER]`
//!
//! Every bench checks what it produced before it is timed. None has a disk in it but `recovery`:
//! elsewhere the writer's segments keep nothing.

mod drain;
mod emit;
mod events;
mod recovery;
mod rig;
mod threads;

use std::time::Duration;

use criterion::Criterion;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    emit::by_event(&mut criterion);
    emit::by_context(&mut criterion);
    threads::bench(&mut criterion);
    drain::bench(&mut criterion);
    recovery::bench(&mut criterion);
    criterion.final_summary();
}
