//! A file operation that fails, whichever, however and at whatever byte, costs no line.

use tests::faults::{every_fault, play};

/// `fault_rig` plays every byte.
const STEP_BYTES: usize = 97;

#[test]
fn a_failing_file_operation_loses_doubles_and_tears_no_line() {
    let wrong = play(&every_fault(STEP_BYTES));
    assert!(wrong.is_empty(), "{} lives went wrong, the first: {}", wrong.len(), wrong[0]);
}
