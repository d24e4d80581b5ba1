//! Follows and commits line by line until it is killed: `follow_commits LOG POSITION_FILE RECORD`.

use std::fs::OpenOptions;
use std::io::Write;

use event_log::follow::Follower;

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let mut next = || arguments.next().expect("arguments as documented");
    let builder = Follower::builder(next()).position_file(next());
    let mut record = OpenOptions::new().create(true).append(true).open(next()).expect("a record");
    let mut follower = builder.build().expect("a follower");
    while let Some(line) = follower.next() {
        line.expect("a line");
        record.write_all(b".").expect("the record can be written");
        follower.commit().expect("the position can be written");
    }
}
