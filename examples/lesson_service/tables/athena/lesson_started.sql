-- Amazon Athena, by event-log.
--
-- Partition columns: year, month, day, hour; texts with leading zeros, as in month = '09'.
-- Every engine knows this shape, and Athena can refuse a query without a year; but a range over
-- the end of a month takes an OR. The other shape, one column dt, has ranges and NOW, no such guard.
--
-- Each query must name the year: year = '2026', or year IN ('2025', '2026'). Without it Athena
-- refuses the query (the column's projection type is injected).

CREATE EXTERNAL TABLE IF NOT EXISTS `events`.`lesson_started` (
  `id` string COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` timestamp COMMENT 'When it happened, in UTC.',
  `type` string COMMENT 'The type of event.',
  `user_id` bigint COMMENT 'Who did it.',
  `locale` string COMMENT 'In which language: a BCP 47 tag.',
  `country_code` string COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `app_version` string COMMENT 'The release that emitted the event.',
  `session_id` string COMMENT 'The client\'s session, where it says.',
  `request_id` string COMMENT 'Of the client, or else made up by the service.',
  `course` string COMMENT 'The course\'s name in the address of its page.',
  `lesson` bigint COMMENT 'Counts from 1 within the course.'
)
COMMENT 'Fired when a student opens a lesson. Fired again when the student starts it over. Owner: teaching@school.example.'
PARTITIONED BY (`year` string, `month` string, `day` string, `hour` string)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('ignore.malformed.json' = 'false', 'case.insensitive' = 'true')
STORED AS TEXTFILE
LOCATION 's3://school/lake/lesson_started/'
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
  'storage.location.template' = 's3://school/lake/lesson_started/year=${year}/month=${month}/day=${day}/hour=${hour}/'
);
