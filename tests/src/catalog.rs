//! Catalogues and lines made at random, and the lake that a loader makes of lines.

pub mod engines;
pub mod lake;
pub mod mutations;
pub mod schemas;
pub mod values;
