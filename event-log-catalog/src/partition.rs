//! The partition columns: their names, directories, filters.

use crate::options::{Options, Period, Shape};

/// The directory names of one partition, outermost first.
pub(crate) const PARTS: [&str; 4] = ["year", "month", "day", "hour"];

impl Period {
    /// The directories that the type has.
    pub(crate) fn parts(self) -> &'static [&'static str] {
        match self {
            Self::Hour => &PARTS,
            Self::Day => PARTS.split_at(3).0,
        }
    }

    /// A directory as a pattern of Java's `DateTimeFormatter`.
    pub(crate) fn date_format(self) -> &'static str {
        match self {
            Self::Hour => "'year='yyyy'/month='MM'/day='dd'/hour='HH",
            Self::Day => "'year='yyyy'/month='MM'/day='dd",
        }
    }

    /// The first directory of a year.
    pub(crate) fn start_of(self, year: u16) -> String {
        match self {
            Self::Hour => format!("year={year:04}/month=01/day=01/hour=00"),
            Self::Day => format!("year={year:04}/month=01/day=01"),
        }
    }

    pub(crate) fn unit(self) -> &'static str {
        match self {
            Self::Hour => "HOURS",
            Self::Day => "DAYS",
        }
    }

    /// `year=<value>/month=<value>/…`, each value by `value`.
    pub(crate) fn directories(self, value: impl Fn(&str) -> String) -> String {
        let directory = |part: &&str| format!("{part}={}", value(part));
        self.parts().iter().map(directory).collect::<Vec<_>>().join("/")
    }
}

/// The partition columns that the table of `event_type` has.
pub(crate) fn keys(options: &Options, event_type: &str) -> &'static [&'static str] {
    match options.shape {
        Shape::Parts => options.period(event_type).parts(),
        Shape::Dt => &["dt"],
    }
}

/// The condition that selects one day, for an example.
pub(crate) fn example_filter(options: &Options) -> &'static str {
    match options.shape {
        Shape::Parts => "year = '2026' AND month = '11' AND day = '22'",
        Shape::Dt => "dt >= 'year=2026/month=11/day=22' AND dt < 'year=2026/month=11/day=23'",
    }
}

/// What the shape of the partitions gives and takes, for the head of an output.
pub(crate) fn trade(shape: Shape) -> &'static str {
    match shape {
        Shape::Parts => {
            "Partition columns: year, month, day, hour; texts with leading zeros, as in month = '09'.\n\
             Every engine knows this shape, and Athena can refuse a query without a year; but a range over\n\
             the end of a month takes an OR. The other shape, one column dt, has ranges and NOW, no such guard."
        }
        Shape::Dt => {
            "Partition column: dt, a text that is the directory: 'year=2021/month=09/day=16/hour=00'.\n\
             It sorts by time, so a range is two comparisons, and Athena looks up to NOW; but Athena cannot refuse\n\
             a query without it. The other shape, year, month, day and hour, can, and needs OR for ranges."
        }
    }
}
