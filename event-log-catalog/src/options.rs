//! What table definitions depend on beside the catalogue: where the lake is, and how it is cut.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// How the files of a lake are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Lines of JSON, plain or compressed.
    #[default]
    Json,
    /// Parquet.
    Parquet,
}

/// Which partition columns a table has over the directories `year=…/month=…/day=…/hour=…`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shape {
    /// `year`, `month`, `day`, `hour`: what every engine understands; a range over the end of a month
    /// takes an `OR`.
    #[default]
    Parts,
    /// One column `dt`, as in `year=2021/month=09/day=16/hour=00`: a range is two comparisons, and Athena's
    /// projection ends at `NOW`; but Athena cannot refuse a query without a filter on it.
    Dt,
}

/// Into how much time a directory of a type reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Period {
    Hour,
    Day,
}

/// What the outputs are made for.
///
/// | option | default |
/// | --- | --- |
/// | [`database`](Self::database) | `events` |
/// | [`format`](Self::format) | [`Format::Json`] |
/// | [`shape`](Self::shape) | [`Shape::Parts`] |
/// | [`years`](Self::years) | 2020 to 2039 |
/// | [`by_day`](Self::by_day) | none: every type by hours |
/// | [`allow_full_scans`](Self::allow_full_scans) | no |
///
/// ```
/// use event_log_catalog::{Format, Options};
///
/// let options = Options::new("s3://bucket/lake").format(Format::Parquet).by_day(["plan_purchased"]);
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) location: String,
    pub(crate) database: String,
    pub(crate) format: Format,
    pub(crate) shape: Shape,
    pub(crate) years: RangeInclusive<u16>,
    pub(crate) by_day: BTreeSet<String>,
    pub(crate) full_scans: bool,
}

impl Options {
    /// Options for the lake at `location`: `s3://bucket/path`, `gs://bucket/path`, or a directory.
    #[must_use]
    pub fn new(location: impl Into<String>) -> Self {
        Self {
            location: location.into().trim_end_matches('/').to_owned(),
            database: "events".to_owned(),
            format: Format::default(),
            shape: Shape::default(),
            years: 2020..=2039,
            by_day: BTreeSet::new(),
            full_scans: false,
        }
    }

    /// The database, schema or data set that the tables are in.
    #[must_use]
    pub fn database(mut self, name: impl Into<String>) -> Self {
        self.database = name.into();
        self
    }

    /// How the files are written.
    #[must_use]
    pub fn format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    /// Which partition columns the tables have.
    #[must_use]
    pub fn shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    /// The years that Athena's and Trino's partition projection looks into. Rows outside are not seen, and no error
    /// says so. With [`Shape::Dt`] only the first counts: the end is `NOW`.
    #[must_use]
    pub fn years(mut self, years: RangeInclusive<u16>) -> Self {
        self.years = years;
        self
    }

    /// The types whose directories reach to the day, without `hour=…`: rare ones, which by hours would be
    /// thousands of tiny files.
    #[must_use]
    pub fn by_day<T: Into<String>>(mut self, types: impl IntoIterator<Item = T>) -> Self {
        self.by_day = types.into_iter().map(Into::into).collect();
        self
    }

    /// Leaves out each engine's guard against queries without a filter on the partition.
    #[must_use]
    pub fn allow_full_scans(mut self) -> Self {
        self.full_scans = true;
        self
    }

    /// The same for a lake at another place.
    pub(crate) fn at(mut self, location: &str) -> Self {
        location.clone_into(&mut self.location);
        self
    }

    pub(crate) fn period(&self, event_type: &str) -> Period {
        if self.by_day.contains(event_type) { Period::Day } else { Period::Hour }
    }

    /// Where the files of a type are, without a slash at the end.
    pub(crate) fn location_of(&self, event_type: &str) -> String {
        format!("{}/{event_type}", self.location)
    }
}
