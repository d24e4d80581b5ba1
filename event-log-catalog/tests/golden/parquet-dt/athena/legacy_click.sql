-- Amazon Athena, by event-log.
--
-- Partition column: dt, a text that is the directory: 'year=2021/month=09/day=16/hour=00'.
-- It sorts by time, so a range is two comparisons, and Athena looks up to NOW; but Athena cannot refuse
-- a query without it. The other shape, year, month, day and hour, can, and needs OR for ranges.
--
-- Athena cannot refuse a query without dt: set a limit of scanned bytes for the workgroup.

CREATE EXTERNAL TABLE IF NOT EXISTS `events`.`legacy_click` (
  `id` string COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` timestamp COMMENT 'When it happened, in UTC.',
  `type` string COMMENT 'The type of event.',
  `user_id` bigint COMMENT 'Who did it.',
  `locale` string COMMENT 'In which language: a BCP 47 tag.',
  `country_code` string COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `session_id` string COMMENT 'From the first request to the last.',
  `app_version` string COMMENT 'The release of the client.',
  `group` string COMMENT 'The arm of the experiment.',
  `x` int,
  `y` int,
  `target` string COMMENT 'Deprecated with its event. Deprecated: Nobody sets it.'
)
COMMENT 'Deprecated: Use page_view, which tells the referrer, too.'
PARTITIONED BY (`dt` string)
STORED AS PARQUET
LOCATION 's3://bucket/lake/legacy_click/'
TBLPROPERTIES (
  'classification' = 'parquet',
  'projection.enabled' = 'true',
  'projection.dt.type' = 'date',
  'projection.dt.format' = '\'year=\'yyyy\'/month=\'MM\'/day=\'dd\'/hour=\'HH',
  'projection.dt.range' = 'year=2020/month=01/day=01/hour=00,NOW',
  'projection.dt.interval' = '1',
  'projection.dt.interval.unit' = 'HOURS',
  'storage.location.template' = 's3://bucket/lake/legacy_click/${dt}/'
);
