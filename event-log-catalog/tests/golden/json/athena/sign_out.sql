-- Amazon Athena, by event-log.
--
-- Partition columns: year, month, day, hour; texts with leading zeros, as in month = '09'.
-- Every engine knows this shape, and Athena can refuse a query without a year; but a range over
-- the end of a month takes an OR. The other shape, one column dt, has ranges and NOW, no such guard.
--
-- Each query must name the year: year = '2026', or year IN ('2025', '2026'). Without it Athena
-- refuses the query (the column's projection type is injected).

CREATE EXTERNAL TABLE IF NOT EXISTS `events`.`sign_out` (
  `id` string COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` timestamp COMMENT 'When it happened, in UTC.',
  `type` string COMMENT 'The type of event.',
  `user_id` bigint COMMENT 'Who did it.',
  `locale` string COMMENT 'In which language: a BCP 47 tag.',
  `country_code` string COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `session_id` string COMMENT 'From the first request to the last.',
  `app_version` string COMMENT 'The release of the client.',
  `group` string COMMENT 'The arm of the experiment.'
)
COMMENT 'Fired when a user signs out. Has no fields. Owner: accounts.'
PARTITIONED BY (`year` string, `month` string, `day` string)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('ignore.malformed.json' = 'false', 'case.insensitive' = 'true')
STORED AS TEXTFILE
LOCATION 's3://bucket/lake/sign_out/'
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
  'storage.location.template' = 's3://bucket/lake/sign_out/year=${year}/month=${month}/day=${day}/'
);
