//! emit with `emit_file`, which writes and syncs batches on a background thread.
//!
//! The event's values are properties; emit writes the time, its module, message and template too.

use std::path::Path;
use std::time::Duration;

use benches::stamp::Stamp;
use benches::workload::event;

use super::{Contender, SEGMENT_BYTES, Take, stamp};
use crate::Error;

const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct EmitFile(Box<dyn FnOnce()>);

impl Contender for EmitFile {
    type Taker = Properties;

    fn open(directory: &Path) -> Result<Self, Error> {
        let files = emit_file::set(directory.join("lines.jsonl"))
            .roll_by_hour()
            .max_file_size_bytes(SEGMENT_BYTES as usize)
            .spawn();
        let running = emit::setup().emit_to(files).init();
        Ok(Self(Box::new(move || {
            running.blocking_flush(PATIENCE);
        })))
    }

    fn taker(&self) -> Properties {
        Properties(stamp())
    }

    fn close(self) -> Result<(), Error> {
        self.0();
        Ok(())
    }
}

pub(crate) struct Properties(Stamp);

impl Take for Properties {
    #[inline]
    #[expect(clippy::redundant_closure_for_method_calls, reason = "it is in emit's expansion")]
    fn take(&mut self, number: u32) {
        self.0.renew();
        let (id, params) = (self.0.id(), event(number));
        emit::emit!(
            "lesson cleared",
            id,
            #[emit::key("type")]
            event_type: "lesson_cleared",
            user_id: 123_456_789_u64,
            locale: "ja-JP",
            country_code: "JP",
            course: params.course,
            lesson: params.lesson,
            score: params.score,
            first_try: params.first_try,
            #[emit::optional]
            badge: params.badge,
        );
    }
}
