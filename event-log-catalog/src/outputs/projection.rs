//! Partition projection: how Athena and Trino compute the partitions that others must be told of.

use crate::options::{Options, Shape};

/// How the values of one partition column are computed.
#[derive(Debug)]
pub(crate) enum Projection {
    /// Numbers from the first to the last, with leading zeros up to so many digits.
    Numbers { first: u16, last: u16, digits: u8 },
    /// Any value, but each query must name it: the one guard that a definition can hold.
    Named,
    /// Moments by a pattern, from a value until now, one for each unit.
    Moments { format: &'static str, first: String, unit: &'static str },
}

/// The partition columns of a type, and how their values are computed.
pub(crate) fn of(options: &Options, event_type: &str) -> Vec<(&'static str, Projection)> {
    let period = options.period(event_type);
    match options.shape {
        Shape::Parts => period.parts().iter().map(|&part| (part, of_part(part, options))).collect(),
        Shape::Dt => {
            let first = period.start_of(*options.years.start());
            let format = period.date_format();
            vec![("dt", Projection::Moments { format, first, unit: period.unit() })]
        }
    }
}

fn of_part(part: &str, options: &Options) -> Projection {
    match part {
        "year" if !options.full_scans => Projection::Named,
        "year" => {
            let (&first, &last) = (options.years.start(), options.years.end());
            Projection::Numbers { first, last, digits: 4 }
        }
        "month" => Projection::Numbers { first: 1, last: 12, digits: 2 },
        "day" => Projection::Numbers { first: 1, last: 31, digits: 2 },
        _ => Projection::Numbers { first: 0, last: 23, digits: 2 },
    }
}

/// The directory of a partition, with a placeholder for each column.
pub(crate) fn location_template(options: &Options, event_type: &str) -> String {
    let location = options.location_of(event_type);
    let directories = match options.shape {
        Shape::Parts => options.period(event_type).directories(|part| format!("${{{part}}}")),
        Shape::Dt => "${dt}".to_owned(),
    };
    format!("{location}/{directories}/")
}
