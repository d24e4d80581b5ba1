-- Apache Spark, by event-log.
--
-- Partition column: dt, a text that is the directory: 'year=2021/month=09/day=16/hour=00'.
-- It sorts by time, so a range is two comparisons, and Athena looks up to NOW; but Athena cannot refuse
-- a query without it. The other shape, year, month, day and hour, can, and needs OR for ranges.
--
-- Spark has no guard against queries without a filter on the partition.
-- Times are shown in the session's zone: SET spark.sql.session.timeZone = UTC;

CREATE TABLE IF NOT EXISTS `events`.`every_type` (
  `id` STRING COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` TIMESTAMP COMMENT 'When it happened, in UTC.',
  `type` STRING COMMENT 'The type of event.',
  `user_id` BIGINT COMMENT 'Who did it.',
  `locale` STRING COMMENT 'In which language: a BCP 47 tag.',
  `country_code` STRING COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `session_id` STRING COMMENT 'From the first request to the last.',
  `app_version` STRING COMMENT 'The release of the client.',
  `group` STRING COMMENT 'The arm of the experiment.',
  `flag` BOOLEAN COMMENT 'It\'s a flag; "quoted", with a \\ and a `tick`.',
  `i8` TINYINT,
  `i16` SMALLINT,
  `i32` INTEGER,
  `i64` BIGINT,
  `i128` STRING,
  `u8` SMALLINT,
  `u16` INTEGER,
  `u32` BIGINT,
  `u64` DECIMAL(20, 0),
  `u128` STRING,
  `f32` FLOAT,
  `f64` DOUBLE,
  `price` DECIMAL(12, 2) COMMENT 'In the currency of the order.',
  `rate` DECIMAL(38, 18),
  `huge` STRING COMMENT 'More digits than any engine has.',
  `text` STRING,
  `kind` STRING COMMENT 'How big it is.',
  `at` TIMESTAMP,
  `on` DATE,
  `opens` STRING,
  `local` TIMESTAMP_NTZ,
  `key` STRING,
  `extra` STRING COMMENT 'Whatever the client sent: `{any: "thing"}`.',
  `tags` ARRAY<STRING> COMMENT 'In the order of their choice.',
  `scores` ARRAY<INTEGER>,
  `matrix` ARRAY<ARRAY<DOUBLE>>,
  `counts` MAP<STRING, BIGINT> COMMENT 'How often, by page.',
  `limits` MAP<STRING, DECIMAL(10, 2)>,
  `empty` STRING,
  `dt` STRING
)
USING PARQUET
PARTITIONED BY (`dt`)
LOCATION 's3://bucket/lake/every_type/'
COMMENT 'One field of each type that there is. Not emitted by anybody: it shows what becomes of each type. Owner: data platform. Since: 1.0.';
-- For each new directory: ALTER TABLE `events`.`every_type` ADD IF NOT EXISTS PARTITION (`dt` = 'year=2020/month=01/day=01/hour=00') LOCATION 's3://bucket/lake/every_type/year=2020/month=01/day=01/hour=00/';


CREATE TABLE IF NOT EXISTS `events`.`legacy_click` (
  `id` STRING COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` TIMESTAMP COMMENT 'When it happened, in UTC.',
  `type` STRING COMMENT 'The type of event.',
  `user_id` BIGINT COMMENT 'Who did it.',
  `locale` STRING COMMENT 'In which language: a BCP 47 tag.',
  `country_code` STRING COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `session_id` STRING COMMENT 'From the first request to the last.',
  `app_version` STRING COMMENT 'The release of the client.',
  `group` STRING COMMENT 'The arm of the experiment.',
  `x` INTEGER,
  `y` INTEGER,
  `target` STRING COMMENT 'Deprecated with its event. Deprecated: Nobody sets it.',
  `dt` STRING
)
USING PARQUET
PARTITIONED BY (`dt`)
LOCATION 's3://bucket/lake/legacy_click/'
COMMENT 'Deprecated: Use page_view, which tells the referrer, too.';
-- For each new directory: ALTER TABLE `events`.`legacy_click` ADD IF NOT EXISTS PARTITION (`dt` = 'year=2020/month=01/day=01/hour=00') LOCATION 's3://bucket/lake/legacy_click/year=2020/month=01/day=01/hour=00/';


CREATE TABLE IF NOT EXISTS `events`.`lesson_finished` (
  `id` STRING COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` TIMESTAMP COMMENT 'When it happened, in UTC.',
  `type` STRING COMMENT 'The type of event.',
  `user_id` BIGINT COMMENT 'Who did it.',
  `locale` STRING COMMENT 'In which language: a BCP 47 tag.',
  `country_code` STRING COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `session_id` STRING COMMENT 'From the first request to the last.',
  `app_version` STRING COMMENT 'The release of the client.',
  `group` STRING COMMENT 'The arm of the experiment.',
  `course` STRING,
  `lesson` BIGINT COMMENT 'Counts from 1 within the course.',
  `points` INTEGER COMMENT 'In the test, from 0 to 100.',
  `camelcase` STRING COMMENT 'In the lake all columns are in lower case.',
  `path` STRUCT<`chapter`: INTEGER, `section`: INTEGER, `part`: INTEGER>,
  `score` INTEGER COMMENT 'Renamed to points.',
  `dt` STRING
)
USING PARQUET
PARTITIONED BY (`dt`)
LOCATION 's3://bucket/lake/lesson_finished/'
COMMENT 'Fired when a student passes the test at the end of a lesson. Owner: learning. Since: 1.2.';
-- For each new directory: ALTER TABLE `events`.`lesson_finished` ADD IF NOT EXISTS PARTITION (`dt` = 'year=2020/month=01/day=01/hour=00') LOCATION 's3://bucket/lake/lesson_finished/year=2020/month=01/day=01/hour=00/';


CREATE TABLE IF NOT EXISTS `events`.`lesson_cleared` (
  `id` STRING COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` TIMESTAMP COMMENT 'When it happened, in UTC.',
  `type` STRING COMMENT 'The type of event.',
  `user_id` BIGINT COMMENT 'Who did it.',
  `locale` STRING COMMENT 'In which language: a BCP 47 tag.',
  `country_code` STRING COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `session_id` STRING COMMENT 'From the first request to the last.',
  `app_version` STRING COMMENT 'The release of the client.',
  `group` STRING COMMENT 'The arm of the experiment.',
  `course` STRING,
  `lesson` BIGINT COMMENT 'Counts from 1 within the course.',
  `points` INTEGER COMMENT 'In the test, from 0 to 100.',
  `camelcase` STRING COMMENT 'In the lake all columns are in lower case.',
  `path` STRUCT<`chapter`: INTEGER, `section`: INTEGER, `part`: INTEGER>,
  `score` INTEGER COMMENT 'Renamed to points.',
  `dt` STRING
)
USING PARQUET
PARTITIONED BY (`dt`)
LOCATION 's3://bucket/lake/lesson_cleared/'
COMMENT 'Renamed to lesson_finished.';
-- For each new directory: ALTER TABLE `events`.`lesson_cleared` ADD IF NOT EXISTS PARTITION (`dt` = 'year=2020/month=01/day=01/hour=00') LOCATION 's3://bucket/lake/lesson_cleared/year=2020/month=01/day=01/hour=00/';


CREATE TABLE IF NOT EXISTS `events`.`order` (
  `id` STRING COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` TIMESTAMP COMMENT 'When it happened, in UTC.',
  `type` STRING COMMENT 'The type of event.',
  `user_id` BIGINT COMMENT 'Who did it.',
  `locale` STRING COMMENT 'In which language: a BCP 47 tag.',
  `country_code` STRING COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `session_id` STRING COMMENT 'From the first request to the last.',
  `app_version` STRING COMMENT 'The release of the client.',
  `group` STRING COMMENT 'The arm of the experiment.',
  `order` DECIMAL(20, 0) COMMENT 'The number on the receipt.',
  `params_group` STRING,
  `end` TIMESTAMP,
  `user` STRUCT<`name`: STRING, `email`: STRING, `select`: BOOLEAN> COMMENT 'Who gets it.',
  `items` ARRAY<STRUCT<`sku`: STRING, `amount`: INTEGER, `unitPrice`: DECIMAL(12, 2), `from`: STRING, `options`: MAP<STRING, STRING>>> COMMENT 'What is in the basket, from top to bottom.',
  `values` ARRAY<STRUCT<`timestamp`: TIMESTAMP, `value`: DOUBLE>>,
  `dt` STRING
)
USING PARQUET
PARTITIONED BY (`dt`)
LOCATION 's3://bucket/lake/order/'
COMMENT 'Fired when the order is paid. A type whose name is a reserved word, and so are its fields. Owner: shop <shop@example.com>. Since: 2026-01-15.';
-- For each new directory: ALTER TABLE `events`.`order` ADD IF NOT EXISTS PARTITION (`dt` = 'year=2020/month=01/day=01/hour=00') LOCATION 's3://bucket/lake/order/year=2020/month=01/day=01/hour=00/';


CREATE TABLE IF NOT EXISTS `events`.`sign_out` (
  `id` STRING COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` TIMESTAMP COMMENT 'When it happened, in UTC.',
  `type` STRING COMMENT 'The type of event.',
  `user_id` BIGINT COMMENT 'Who did it.',
  `locale` STRING COMMENT 'In which language: a BCP 47 tag.',
  `country_code` STRING COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `session_id` STRING COMMENT 'From the first request to the last.',
  `app_version` STRING COMMENT 'The release of the client.',
  `group` STRING COMMENT 'The arm of the experiment.',
  `dt` STRING
)
USING PARQUET
PARTITIONED BY (`dt`)
LOCATION 's3://bucket/lake/sign_out/'
COMMENT 'Fired when a user signs out. Has no fields. Owner: accounts.';
-- For each new directory: ALTER TABLE `events`.`sign_out` ADD IF NOT EXISTS PARTITION (`dt` = 'year=2020/month=01/day=01') LOCATION 's3://bucket/lake/sign_out/year=2020/month=01/day=01/';

