-- Amazon Athena, by event-log.
--
-- Partition column: dt, a text that is the directory: 'year=2021/month=09/day=16/hour=00'.
-- It sorts by time, so a range is two comparisons, and Athena looks up to NOW; but Athena cannot refuse
-- a query without it. The other shape, year, month, day and hour, can, and needs OR for ranges.
--
-- Athena cannot refuse a query without dt: set a limit of scanned bytes for the workgroup.

CREATE EXTERNAL TABLE IF NOT EXISTS `events`.`every_type` (
  `id` string COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` timestamp COMMENT 'When it happened, in UTC.',
  `type` string COMMENT 'The type of event.',
  `user_id` bigint COMMENT 'Who did it.',
  `locale` string COMMENT 'In which language: a BCP 47 tag.',
  `country_code` string COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `session_id` string COMMENT 'From the first request to the last.',
  `app_version` string COMMENT 'The release of the client.',
  `group` string COMMENT 'The arm of the experiment.',
  `flag` boolean COMMENT 'It\'s a flag; "quoted", with a \\ and a `tick`.',
  `i8` tinyint,
  `i16` smallint,
  `i32` int,
  `i64` bigint,
  `i128` string,
  `u8` smallint,
  `u16` int,
  `u32` bigint,
  `u64` decimal(20,0),
  `u128` string,
  `f32` float,
  `f64` double,
  `price` decimal(12,2) COMMENT 'In the currency of the order.',
  `rate` decimal(38,18),
  `huge` string COMMENT 'More digits than any engine has.',
  `text` string,
  `kind` string COMMENT 'How big it is.',
  `at` timestamp,
  `on` date,
  `opens` string,
  `local` timestamp,
  `key` string,
  `extra` string COMMENT 'Whatever the client sent: `{any: "thing"}`.',
  `tags` array<string> COMMENT 'In the order of their choice.',
  `scores` array<int>,
  `matrix` array<array<double>>,
  `counts` map<string,bigint> COMMENT 'How often, by page.',
  `limits` map<string,decimal(10,2)>,
  `empty` string
)
COMMENT 'One field of each type that there is. Not emitted by anybody: it shows what becomes of each type. Owner: data platform. Since: 1.0.'
PARTITIONED BY (`dt` string)
STORED AS PARQUET
LOCATION 's3://bucket/lake/every_type/'
TBLPROPERTIES (
  'classification' = 'parquet',
  'projection.enabled' = 'true',
  'projection.dt.type' = 'date',
  'projection.dt.format' = '\'year=\'yyyy\'/month=\'MM\'/day=\'dd\'/hour=\'HH',
  'projection.dt.range' = 'year=2020/month=01/day=01/hour=00,NOW',
  'projection.dt.interval' = '1',
  'projection.dt.interval.unit' = 'HOURS',
  'storage.location.template' = 's3://bucket/lake/every_type/${dt}/'
);
