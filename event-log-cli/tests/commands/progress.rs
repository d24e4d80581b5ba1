//! The line of progress: on a terminal and nowhere else, and gone in the end.

use std::fs;
use std::path::Path;

use crate::load::many;
use crate::replicate::TEMPLATE;
use crate::terminal::{OnTerminal, on_terminal};
use crate::{event_log, write};

/// What the commands need: a log of two segments, a lake of it, what is expected of it, a template, a catalogue.
struct Files {
    directory: tempfile::TempDir,
}

impl Files {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let files = Self { directory };
        let log = files.directory.path().join("log");
        fs::create_dir_all(log.join(".spool")).unwrap();
        write(&log, "events.1.jsonl", &many(300)[..100]);
        write(&log, "events.2.jsonl", &many(300)[100..]);
        fs::write(files.path("template.jsonl"), TEMPLATE).unwrap();
        let lock = r#"{"version":1,"envelope":{"user_id":"integer"},"events":[]}"#;
        fs::write(files.path("lock.json"), lock).unwrap();
        let (log, lake, expected) =
            (files.path("log"), files.path("lake"), files.path("expected.json"));
        assert_eq!(event_log(&["load", &log, "--lake", &lake]).code, Some(0));
        assert_eq!(event_log(&["verify", "--write", &expected, &log]).code, Some(0));
        files
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).to_str().unwrap().to_owned()
    }

    /// The arguments of each command that takes long, and what its line says.
    fn commands(&self) -> Vec<(Vec<String>, &'static [&'static str])> {
        let words = |text: &str| text.split(' ').map(|word| self.named(word)).collect();
        vec![
            (words("load @log --lake @new-lake"), &["loading", "KiB of ", "/s, ", " left"]),
            (words("compact --lake @lake"), &["compacting", "of 21 partitions, "]),
            (
                words(
                    "replicate --template @template.jsonl --users 9 --from 2024-01-01 --out @out",
                ),
                &["writing", "of 45 events, "],
            ),
            (
                words(
                    "replicate --template @template.jsonl --users 9 --from 2024-01-01 --emit @emit",
                ),
                &["emitting", "of 45 events, "],
            ),
            (words("verify @expected.json --lake @lake"), &["reading", "B of "]),
            (words("verify @expected.json @log"), &["reading", "B of "]),
            (words("recover @log"), &["recovering", "of 0 spools, "]),
            (words("stats @log"), &["reading", "B of "]),
            (words("ledger @log"), &["reading", "B of "]),
            (words("validate @log --catalog @lock.json"), &["reading", "B of "]),
        ]
    }

    fn named(&self, word: &str) -> String {
        word.strip_prefix('@').map_or_else(|| word.to_owned(), |name| self.path(name))
    }
}

fn borrowed(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

#[test]
fn each_long_command_shows_how_far_it_is_and_leaves_the_terminal_as_it_was() {
    let files = Files::new();
    for (arguments, says) in files.commands() {
        let seen = on_terminal(&borrowed(&arguments));
        assert!(matches!(seen.code, Some(0 | 1)), "{arguments:?}: {}", seen.drawn);
        for words in says {
            assert!(seen.drawn.contains(words), "{arguments:?}: no `{words}` in {:?}", seen.drawn);
        }
        assert_eq!(seen.screen, [""; 0], "{arguments:?}");
        assert!(!seen.out.is_empty(), "{arguments:?}");
    }
}

#[test]
fn nothing_is_drawn_where_nobody_looks_or_wants_it() {
    let files = Files::new();
    for (arguments, _) in files.commands() {
        let run = event_log(&borrowed(&arguments));
        assert_eq!(run.err, "", "{arguments:?}");
    }
    let files = Files::new();
    for ((mut arguments, _), option) in
        files.commands().into_iter().zip(["--no-progress", "--json"].into_iter().cycle())
    {
        arguments.push(option.to_owned());
        assert_eq!(on_terminal(&borrowed(&arguments)).drawn, "", "{arguments:?}");
    }
    let log = files.path("log");
    assert_eq!(OnTerminal::start(&["stats", &log], "dumb").end().drawn, "");
    // What prints as it goes needs no line beside it.
    assert_eq!(on_terminal(&["tail", &log]).drawn, "");
}

#[test]
fn standard_output_is_the_same_with_and_without_a_terminal() {
    let files = Files::new();
    for words in ["stats @log", "validate @log --catalog @lock.json", "verify @expected.json @log"]
    {
        let arguments: Vec<_> = words.split(' ').map(|word| files.named(word)).collect();
        let arguments = borrowed(&arguments);
        assert_eq!(on_terminal(&arguments).out, event_log(&arguments).out, "{arguments:?}");
    }
}

#[test]
fn what_is_told_meanwhile_stands_in_lines_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events.jsonl");
    fs::write(&path, "{}\n[]\n").unwrap();
    let seen = on_terminal(&["stats", path.to_str().unwrap()]);
    // A long path goes on in the next row.
    let told = seen.screen.concat();
    let [first, second] = [1, 2].map(|line| format!("{}:{line}:", path.display()));
    assert!(told.starts_with(&first) && told.contains(&second), "{:?}", seen.screen);
    assert!(seen.code == Some(1) && !told.contains("reading"), "{:?}", seen.screen);
}

#[test]
fn a_load_that_follows_says_what_came_so_far_until_ctrl_c() {
    let files = Files::new();
    let (log, lake) = (files.path("log"), files.path("followed"));
    let run =
        OnTerminal::start(&["load", &log, "--lake", &lake, "--follow", "--every", "1"], "xterm");
    run.wait_for("following: 300 events in 21 new files so far");
    write(Path::new(&log), "events.3.jsonl", &many(310)[300..]);
    run.wait_for("following: 310 events in ");
    run.interrupt();
    let seen = run.end();
    assert_eq!((seen.code, seen.screen.as_slice()), (Some(0), &[][..]), "{:?}", seen.drawn);
    assert!(seen.out.contains("10 events of 3 types in "), "{}", seen.out);
}

/// An input that takes longer than anybody waits: one line of a tebibyte, which is a hole on the disk.
fn endless(directory: &Path) -> String {
    let path = directory.join("events.jsonl");
    fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn ctrl_c_ends_a_command_and_leaves_the_terminal_clean() {
    let directory = tempfile::tempdir().unwrap();
    let input = endless(directory.path());
    let run = OnTerminal::start(&["stats", &input], "xterm");
    run.wait_for("reading");
    run.interrupt();
    let seen = run.end();
    assert_eq!((seen.code, seen.screen.as_slice()), (Some(130), &[][..]), "{:?}", seen.drawn);
    assert_eq!(seen.out, "");
}

#[test]
fn a_second_ctrl_c_ends_a_load_at_once_and_the_first_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let input = endless(directory.path());
    let lake = directory.path().join("lake");
    let run = OnTerminal::start(&["load", &input, "--lake", lake.to_str().unwrap()], "xterm");
    // What was not begun before the first one would not be begun at all.
    run.wait_until_read(64 << 20);
    run.interrupt();
    run.wait_for("Ctrl-C again");
    run.interrupt();
    let seen = run.end();
    assert_eq!((seen.code, seen.screen.as_slice()), (Some(130), &[][..]), "{:?}", seen.drawn);
}
