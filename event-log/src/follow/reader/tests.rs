use std::fs::{self, OpenOptions};
use std::io::Write;

use super::*;

const LINE: &str = concat!(
    r#"{"id":"017bed2e-6958-7c2f-9a41-0f6e2b7d8c35","date":"2021-09-16T05:57:27Z","#,
    r#""type":"tick","user_id":null,"locale":null,"country_code":null,"params":{}}"#,
    "\n"
);

#[test]
fn a_logger_that_outruns_its_reader_does_not_keep_another_from_being_found() {
    let directory = tempfile::tempdir().unwrap();
    let path = |token: &str| {
        directory.path().join(format!("events.20261121T223000.000Z.{token}.000001.jsonl"))
    };
    let source = Source { directory: directory.path().to_owned(), prefix: "events".to_owned() };
    fs::write(path("0000000a"), LINE).unwrap();
    let mut reader = Reader::new(source, Filter::default(), Position::new("events"));
    reader.first_survey().unwrap();
    let mut busy = OpenOptions::new().append(true).open(path("0000000a")).unwrap();
    for _ in 0..10_000 {
        match reader.step() {
            Step::Yield(Ok(line)) if line.path() == path("0000000b") => return,
            Step::Yield(Ok(_)) => {
                busy.write_all(LINE.as_bytes()).unwrap();
                fs::write(path("0000000b"), LINE).unwrap();
            }
            Step::Busy => {}
            other => panic!("{other:?}"),
        }
    }
    panic!("it was not found");
}

#[test]
fn a_compressed_segment_without_its_feature_names_it_and_with_it_is_damaged() {
    for (extension, feature, is_on) in
        [("gz", "gzip", cfg!(feature = "gzip")), ("zst", "zstd", cfg!(feature = "zstd"))]
    {
        let directory = tempfile::tempdir().unwrap();
        let name = |number| format!("events.20261121T223000.000Z.0000000a.{number:06}.jsonl");
        let compressed = directory.path().join(format!("{}.{extension}", name(1)));
        fs::write(&compressed, "no segment of ours").unwrap();
        fs::write(directory.path().join(name(2)), LINE).unwrap();
        let source = Source { directory: directory.path().to_owned(), prefix: "events".to_owned() };
        let mut reader = Reader::new(source, Filter::default(), Position::new("events"));
        reader.first_survey().unwrap();
        let steps = std::iter::repeat_with(|| reader.step()).take(100);
        let mut yielded = steps.filter_map(|step| match step {
            Step::Yield(yielded) => Some(yielded),
            Step::Busy | Step::Idle => None,
        });
        let trouble = yielded.next().unwrap().unwrap_err();
        let text = trouble.to_string();
        match trouble {
            FollowError::Damaged { path, .. } => assert!(is_on && path == compressed, "{text}"),
            FollowError::Compressed { path, .. } => assert!(!is_on && path == compressed, "{text}"),
            other => panic!("{other}"),
        }
        assert_eq!(text.contains(&format!("feature `{feature}`")), !is_on, "{text}");
        assert!(yielded.next().unwrap().is_ok(), "the next one is read");
    }
}
