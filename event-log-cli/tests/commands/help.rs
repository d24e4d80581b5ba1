//! Help, completions and the manual page name every command.

use crate::event_log;

const COMMANDS: [&str; 11] = [
    "tail",
    "stats",
    "load",
    "compact",
    "schema",
    "validate",
    "catalog",
    "recover",
    "ledger",
    "replicate",
    "verify",
];

#[test]
fn help_completions_and_manual_name_every_command() {
    for arguments in [&["--help"][..], &["completions", "bash"], &["completions", "zsh"], &["man"]]
    {
        let run = event_log(arguments);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{arguments:?}");
        for command in COMMANDS {
            assert!(run.out.contains(command), "{arguments:?} {command}");
        }
    }
}

#[test]
fn a_wrong_option_exits_with_2() {
    assert_eq!(event_log(&["tail", "--where", "user_id", "x"]).code, Some(2));
    assert_eq!(event_log(&["tial"]).code, Some(2));
}

#[test]
fn a_reader_that_goes_away_is_no_trouble() {
    let directory = tempfile::tempdir().unwrap();
    let line = crate::line(1, "2021-09-16T05:57:27Z", "ping", 1, "{}");
    crate::write(directory.path(), "events.jsonl", &vec![line; 10_000]);
    let script = format!(
        "'{}' tail '{}' | head -1; echo ${{PIPESTATUS[0]}}",
        env!("CARGO_BIN_EXE_event-log"),
        directory.path().display()
    );
    let output = std::process::Command::new("bash").args(["-c", &script]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!((text.lines().nth(1), &*output.stderr), (Some("0"), &b""[..]), "{text}");
}
