-- Amazon Athena, by event-log.
--
-- Partition columns: year, month, day, hour; texts with leading zeros, as in month = '09'.
-- Every engine knows this shape, and Athena can refuse a query without a year; but a range over
-- the end of a month takes an OR. The other shape, one column dt, has ranges and NOW, no such guard.
--
-- Each query must name the year: year = '2026', or year IN ('2025', '2026'). Without it Athena
-- refuses the query (the column's projection type is injected).

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
PARTITIONED BY (`year` string, `month` string, `day` string, `hour` string)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('ignore.malformed.json' = 'false', 'case.insensitive' = 'true')
STORED AS TEXTFILE
LOCATION 's3://bucket/lake/every_type/'
TBLPROPERTIES (
  'classification' = 'json',
  'projection.enabled' = 'true',
  'projection.year.type' = 'injected',
  'projection.month.type' = 'integer',
  'projection.month.range' = '1,12',
  'projection.month.digits' = '2',
  'projection.day.type' = 'integer',
  'projection.day.range' = '1,31',
  'projection.day.digits' = '2',
  'projection.hour.type' = 'integer',
  'projection.hour.range' = '0,23',
  'projection.hour.digits' = '2',
  'storage.location.template' = 's3://bucket/lake/every_type/year=${year}/month=${month}/day=${day}/hour=${hour}/'
);
