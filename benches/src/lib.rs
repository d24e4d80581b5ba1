//! The event that every bench emits, its floor, where its lines go, and the arithmetic of the figures.

pub mod figures;
pub mod floor;
pub mod sink;
pub mod stamp;
pub mod workload;
