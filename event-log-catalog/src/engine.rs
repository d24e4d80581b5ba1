//! The query engines: what each calls a type, a name and a text.

use crate::column_type::{ColumnType, Member};

/// A query engine, or rather its dialect in table definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Engine {
    /// Amazon Athena, and the types of Glue.
    Athena,
    /// Apache Hive.
    Hive,
    /// Apache Spark.
    Spark,
    /// Trino's Hive connector.
    Trino,
    /// Google BigQuery.
    BigQuery,
    /// DuckDB.
    DuckDb,
}

impl Engine {
    /// What the engine calls `column_type`: the one table of types, for every output and for loaders.
    ///
    /// ```
    /// use event_log_catalog::{ColumnType, Engine, FieldType};
    ///
    /// let whole = ColumnType::from(&FieldType::Integer { bits: 64, signed: false });
    /// assert_eq!(Engine::Athena.type_name(&whole), "decimal(20,0)");
    /// assert_eq!(Engine::BigQuery.type_name(&whole), "NUMERIC(20, 0)");
    /// ```
    #[must_use]
    pub fn type_name(self, column_type: &ColumnType) -> String {
        use Engine::{Athena, BigQuery, DuckDb, Hive, Spark, Trino};
        let name = match (column_type, self) {
            (ColumnType::Boolean, Athena | Hive) => "boolean",
            (ColumnType::Boolean, BigQuery) => "BOOL",
            (ColumnType::Boolean, _) => "BOOLEAN",
            (ColumnType::Integer { .. }, BigQuery) => "INT64",
            (ColumnType::Integer { bits: ..=8 }, Athena | Hive) => "tinyint",
            (ColumnType::Integer { bits: ..=16 }, Athena | Hive) => "smallint",
            (ColumnType::Integer { bits: ..=32 }, Athena | Hive) => "int",
            (ColumnType::Integer { .. }, Athena | Hive) => "bigint",
            (ColumnType::Integer { bits: ..=8 }, _) => "TINYINT",
            (ColumnType::Integer { bits: ..=16 }, _) => "SMALLINT",
            (ColumnType::Integer { bits: ..=32 }, _) => "INTEGER",
            (ColumnType::Integer { .. }, _) => "BIGINT",
            (ColumnType::Float { .. }, BigQuery) => "FLOAT64",
            (ColumnType::Float { bits: ..=32 }, Athena | Hive) => "float",
            (ColumnType::Float { bits: ..=32 }, Spark) => "FLOAT",
            (ColumnType::Float { bits: ..=32 }, _) => "REAL",
            (ColumnType::Float { .. }, Athena | Hive) => "double",
            (ColumnType::Float { .. }, _) => "DOUBLE",
            (ColumnType::Text | ColumnType::Json, Athena | Hive) => "string",
            (ColumnType::Json, BigQuery | DuckDb) => "JSON",
            (ColumnType::Text | ColumnType::Json, Spark | BigQuery) => "STRING",
            (ColumnType::Text | ColumnType::Json, Trino | DuckDb) => "VARCHAR",
            (ColumnType::Timestamp | ColumnType::DateTime, Athena | Hive) => "timestamp",
            (ColumnType::Timestamp | ColumnType::DateTime, Trino) => "TIMESTAMP(3)",
            (ColumnType::Timestamp, DuckDb) => "TIMESTAMPTZ",
            (ColumnType::DateTime, BigQuery) => "DATETIME",
            (ColumnType::DateTime, Spark) => "TIMESTAMP_NTZ",
            (ColumnType::Timestamp | ColumnType::DateTime, _) => "TIMESTAMP",
            (ColumnType::Date, Athena | Hive) => "date",
            (ColumnType::Date, _) => "DATE",
            (&ColumnType::Decimal { precision, scale }, _) => {
                return self.decimal(precision, scale);
            }
            (ColumnType::List { item, nullable }, _) => return self.list(item, *nullable),
            (ColumnType::Map { value, .. }, _) => return self.map(value),
            (ColumnType::Record(members), _) => return self.record(members),
        };
        name.to_owned()
    }

    fn decimal(self, precision: u8, scale: u8) -> String {
        match self {
            Self::Athena | Self::Hive => format!("decimal({precision},{scale})"),
            // NUMERIC has 29 digits before the point and 9 behind it.
            Self::BigQuery if scale > 9 || precision.saturating_sub(scale) > 29 => {
                format!("BIGNUMERIC({precision}, {scale})")
            }
            Self::BigQuery => format!("NUMERIC({precision}, {scale})"),
            _ => format!("DECIMAL({precision}, {scale})"),
        }
    }

    fn list(self, item: &ColumnType, nullable: bool) -> String {
        let name = self.type_name(item);
        match self {
            Self::Athena | Self::Hive => format!("array<{name}>"),
            Self::BigQuery if !is_repeated(item, nullable) => "JSON".to_owned(),
            Self::Spark | Self::BigQuery => format!("ARRAY<{name}>"),
            Self::Trino => format!("ARRAY({name})"),
            Self::DuckDb => format!("{name}[]"),
        }
    }

    fn map(self, value: &ColumnType) -> String {
        let name = self.type_name(value);
        match self {
            Self::Athena | Self::Hive => format!("map<string,{name}>"),
            Self::Spark => format!("MAP<STRING, {name}>"),
            Self::BigQuery => "JSON".to_owned(),
            Self::Trino | Self::DuckDb => format!("MAP(VARCHAR, {name})"),
        }
    }

    fn record(self, members: &[Member]) -> String {
        let list = |between: &str, separator: &str| {
            let member = |member: &Member| {
                let name = self.member_name(&member.name);
                format!("{name}{between}{}", self.nested(&member.column_type, member.nullable))
            };
            members.iter().map(member).collect::<Vec<_>>().join(separator)
        };
        match self {
            Self::Athena | Self::Hive => format!("struct<{}>", list(":", ",")),
            Self::Spark => format!("STRUCT<{}>", list(": ", ", ")),
            Self::BigQuery => format!("STRUCT<{}>", list(" ", ", ")),
            Self::Trino => format!("ROW({})", list(" ", ", ")),
            Self::DuckDb => format!("STRUCT({})", list(" ", ", ")),
        }
    }

    /// The type of a column or member that may be null: BigQuery has no list that may.
    #[must_use]
    pub(crate) fn nested(self, column_type: &ColumnType, nullable: bool) -> String {
        match (self, column_type) {
            (Self::BigQuery, ColumnType::List { .. }) if nullable => "JSON".to_owned(),
            _ => self.type_name(column_type),
        }
    }

    /// A name within a record. Athena's grammar for those is narrower than for columns, so a name is
    /// quoted there only where it must be.
    fn member_name(self, name: &str) -> String {
        match self {
            Self::Athena if is_reserved_in_athena(name) => self.quote(&name.to_lowercase()),
            Self::Athena => name.to_lowercase(),
            Self::Trino => self.quote(&name.to_lowercase()),
            _ => self.quote(name),
        }
    }

    /// A name as the engine takes it whatever it is.
    ///
    /// ```
    /// assert_eq!(event_log_catalog::Engine::Trino.quote("order"), "\"order\"");
    /// ```
    #[must_use]
    pub fn quote(self, name: &str) -> String {
        match self {
            Self::Trino | Self::DuckDb => format!("\"{}\"", name.replace('"', "\"\"")),
            Self::BigQuery => format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`")),
            Self::Athena | Self::Hive | Self::Spark => format!("`{}`", name.replace('`', "``")),
        }
    }

    /// A text as the engine's definitions take it, in single quotes.
    ///
    /// ```
    /// assert_eq!(event_log_catalog::Engine::Hive.text("it's"), r"'it\'s'");
    /// ```
    #[must_use]
    pub fn text(self, text: &str) -> String {
        match self {
            Self::Trino | Self::DuckDb => format!("'{}'", text.replace('\'', "''")),
            _ => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
        }
    }
}

/// Whether BigQuery can hold the list as an array: it has no null in one, and no array in another.
pub(crate) fn is_repeated(item: &ColumnType, nullable: bool) -> bool {
    !nullable && !matches!(item, ColumnType::List { .. })
}

/// What Athena's guide lists as reserved in definitions.
const RESERVED_IN_ATHENA: &str = "all alter and array as authorization between bigint binary boolean both by case \
    cashe cast char column conf constraint commit create cross cube current current_date current_timestamp cursor \
    database date dayofweek decimal delete describe distinct div double drop else end exchange exists extended \
    external extract false fetch float floor following for foreign from full function grant group grouping having \
    if import in inner insert int integer intersect interval into is join lateral left less like local macro map \
    more none not null numeric of on only or order out outer over partialscan partition percent preceding precision \
    preserve primary procedure range reads reduce regexp references revoke right rlike rollback rollup row rows \
    select set smallint start table tablesample then time timestamp to transform trigger true truncate unbounded \
    union uniquejoin update user using utc_timestamp values varchar views when where window with";

fn is_reserved_in_athena(name: &str) -> bool {
    // An underscore in front wants quotes too.
    name.starts_with('_')
        || RESERVED_IN_ATHENA.split_whitespace().any(|word| word.eq_ignore_ascii_case(name))
}
