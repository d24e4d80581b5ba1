//! What the user names as input, to lines.
//!
//! - [`paths`]: files, directories and patterns to files, in the order of their names.
//! - [`objects`]: objects of S3-compatible stores, as inputs like files.
//! - [`walk`]: every line of all inputs, with the count of those that are none.
//! - [`lines`]: a file, compressed or not, line by line, with a bound on the memory that a line takes.

pub mod lines;
pub mod objects;
pub mod paths;
pub mod walk;
