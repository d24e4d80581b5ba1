//! A terminal for the command's standard error, and what a person would see on it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// A run of the command with standard error on a pseudo-terminal of 80 columns.
pub(crate) struct OnTerminal {
    child: Child,
    drawn: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

/// What came of it.
pub(crate) struct Seen {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    /// Everything that was ever written to the terminal, as it was.
    pub(crate) drawn: String,
    /// What stands on it in the end, without empty lines.
    pub(crate) screen: Vec<String>,
}

/// Runs `event-log` with these arguments to its end.
pub(crate) fn on_terminal(arguments: &[&str]) -> Seen {
    OnTerminal::start(arguments, "xterm").end()
}

impl OnTerminal {
    /// Starts `event-log` with these arguments on a terminal of this kind.
    pub(crate) fn start(arguments: &[&str], kind: &str) -> Self {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&terminal).unwrap();
        unlockpt(&terminal).unwrap();
        let name = ptsname(&terminal, Vec::new()).unwrap();
        let other_end = open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        // The command holds the other end until it is dropped, behind this statement.
        let child = Command::new(env!("CARGO_BIN_EXE_event-log"))
            .args(arguments)
            .env("TERM", kind)
            .stdout(Stdio::piped())
            .stderr(Stdio::from(other_end))
            .spawn()
            .unwrap();
        let drawn = Arc::new(Mutex::new(Vec::new()));
        let to = Arc::clone(&drawn);
        let reader = thread::spawn(move || {
            let mut terminal = File::from(terminal);
            let mut bytes = [0; 4_096];
            // Once nobody holds the other end, reading fails.
            while let Ok(read @ 1..) = terminal.read(&mut bytes) {
                to.lock().unwrap().extend_from_slice(&bytes[..read]);
            }
        });
        Self { child, drawn, reader }
    }

    /// Waits until this was drawn.
    pub(crate) fn wait_for(&self, text: &str) {
        let deadline = Instant::now() + Duration::from_secs(60);
        let drawn = || String::from_utf8_lossy(&self.drawn.lock().unwrap()).into_owned();
        while !drawn().contains(text) {
            assert!(Instant::now() < deadline, "`{text}` is not in {:?}", drawn());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until it has read so many bytes, of files or of anything.
    pub(crate) fn wait_until_read(&self, bytes: u64) {
        let deadline = Instant::now() + Duration::from_secs(60);
        let path = format!("/proc/{}/io", self.child.id());
        let read = || {
            let counts = fs::read_to_string(&path).unwrap();
            let count = counts.lines().find_map(|line| line.strip_prefix("rchar: ")).unwrap();
            count.parse::<u64>().unwrap()
        };
        while read() < bytes {
            assert!(Instant::now() < deadline, "it has read {} bytes", read());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends what Ctrl-C sends.
    pub(crate) fn interrupt(&self) {
        let mut kill = Command::new("kill");
        assert!(kill.args(["-INT", &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Waits for the end.
    pub(crate) fn end(mut self) -> Seen {
        let out = io::read_to_string(self.child.stdout.take().unwrap()).unwrap();
        let code = self.child.wait().unwrap().code();
        self.reader.join().unwrap();
        let drawn = String::from_utf8(self.drawn.lock().unwrap().clone()).unwrap();
        let screen = screen(&drawn);
        Seen { code, out, drawn, screen }
    }
}

/// What stands on a terminal to which this was written: of its language as much as a line of progress uses.
fn screen(drawn: &str) -> Vec<String> {
    let mut rows = vec![Vec::new()];
    let (mut row, mut column) = (0, 0);
    let mut rest = drawn.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '\r' => column = 0,
            '\n' => row += 1,
            '\x1b' => {
                assert_eq!(rest.next(), Some('['));
                let number = std::iter::from_fn(|| rest.next_if(char::is_ascii_digit));
                let number: usize = number.collect::<String>().parse().unwrap();
                match (rest.next(), number) {
                    (Some('A'), lines) => row -= lines,
                    (Some('B'), lines) => row += lines,
                    (Some('K'), 2) => rows[row].clear(),
                    unknown => panic!("{unknown:?} in {drawn:?}"),
                }
            }
            _ => {
                if column == 80 {
                    (row, column) = (row + 1, 0);
                }
                rows.resize(rows.len().max(row + 1), Vec::new());
                let cells: &mut Vec<char> = &mut rows[row];
                cells.resize(cells.len().max(column + 1), ' ');
                cells[column] = next;
                column += 1;
            }
        }
        rows.resize(rows.len().max(row + 1), Vec::new());
    }
    let texts = rows.iter().map(|cells| cells.iter().collect::<String>().trim_end().to_owned());
    texts.filter(|text| !text.is_empty()).collect()
}
