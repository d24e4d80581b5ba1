//! The event that every bench emits, its floor, and the arithmetic of their figures.

pub mod figures;
pub mod floor;
pub mod stamp;
pub mod workload;
