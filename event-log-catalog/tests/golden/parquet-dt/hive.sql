-- Apache Hive, by event-log. JSON needs Hive 4, or 3 with hive-hcatalog-core.
--
-- Partition column: dt, a text that is the directory: 'year=2021/month=09/day=16/hour=00'.
-- It sorts by time, so a range is two comparisons, and Athena looks up to NOW; but Athena cannot refuse
-- a query without it. The other shape, year, month, day and hour, can, and needs OR for ranges.
--
-- In each session of Hive: SET hive.strict.checks.no.partition.filter = true;
-- a query without a filter on the partition then fails.

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
LOCATION 's3://bucket/lake/every_type/';
-- For each new directory: ALTER TABLE `events`.`every_type` ADD IF NOT EXISTS PARTITION (`dt` = 'year=2020/month=01/day=01/hour=00') LOCATION 's3://bucket/lake/every_type/year=2020/month=01/day=01/hour=00/';


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
LOCATION 's3://bucket/lake/legacy_click/';
-- For each new directory: ALTER TABLE `events`.`legacy_click` ADD IF NOT EXISTS PARTITION (`dt` = 'year=2020/month=01/day=01/hour=00') LOCATION 's3://bucket/lake/legacy_click/year=2020/month=01/day=01/hour=00/';


CREATE EXTERNAL TABLE IF NOT EXISTS `events`.`lesson_finished` (
  `id` string COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` timestamp COMMENT 'When it happened, in UTC.',
  `type` string COMMENT 'The type of event.',
  `user_id` bigint COMMENT 'Who did it.',
  `locale` string COMMENT 'In which language: a BCP 47 tag.',
  `country_code` string COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `session_id` string COMMENT 'From the first request to the last.',
  `app_version` string COMMENT 'The release of the client.',
  `group` string COMMENT 'The arm of the experiment.',
  `course` string,
  `lesson` bigint COMMENT 'Counts from 1 within the course.',
  `points` int COMMENT 'In the test, from 0 to 100.',
  `camelcase` string COMMENT 'In the lake all columns are in lower case.',
  `path` struct<`chapter`:int,`section`:int,`part`:int>,
  `score` int COMMENT 'Renamed to points.'
)
COMMENT 'Fired when a student passes the test at the end of a lesson. Owner: learning. Since: 1.2.'
PARTITIONED BY (`dt` string)
STORED AS PARQUET
LOCATION 's3://bucket/lake/lesson_finished/';
-- For each new directory: ALTER TABLE `events`.`lesson_finished` ADD IF NOT EXISTS PARTITION (`dt` = 'year=2020/month=01/day=01/hour=00') LOCATION 's3://bucket/lake/lesson_finished/year=2020/month=01/day=01/hour=00/';


CREATE EXTERNAL TABLE IF NOT EXISTS `events`.`lesson_cleared` (
  `id` string COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` timestamp COMMENT 'When it happened, in UTC.',
  `type` string COMMENT 'The type of event.',
  `user_id` bigint COMMENT 'Who did it.',
  `locale` string COMMENT 'In which language: a BCP 47 tag.',
  `country_code` string COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `session_id` string COMMENT 'From the first request to the last.',
  `app_version` string COMMENT 'The release of the client.',
  `group` string COMMENT 'The arm of the experiment.',
  `course` string,
  `lesson` bigint COMMENT 'Counts from 1 within the course.',
  `points` int COMMENT 'In the test, from 0 to 100.',
  `camelcase` string COMMENT 'In the lake all columns are in lower case.',
  `path` struct<`chapter`:int,`section`:int,`part`:int>,
  `score` int COMMENT 'Renamed to points.'
)
COMMENT 'Renamed to lesson_finished.'
PARTITIONED BY (`dt` string)
STORED AS PARQUET
LOCATION 's3://bucket/lake/lesson_cleared/';
-- For each new directory: ALTER TABLE `events`.`lesson_cleared` ADD IF NOT EXISTS PARTITION (`dt` = 'year=2020/month=01/day=01/hour=00') LOCATION 's3://bucket/lake/lesson_cleared/year=2020/month=01/day=01/hour=00/';


CREATE EXTERNAL TABLE IF NOT EXISTS `events`.`order` (
  `id` string COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` timestamp COMMENT 'When it happened, in UTC.',
  `type` string COMMENT 'The type of event.',
  `user_id` bigint COMMENT 'Who did it.',
  `locale` string COMMENT 'In which language: a BCP 47 tag.',
  `country_code` string COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `session_id` string COMMENT 'From the first request to the last.',
  `app_version` string COMMENT 'The release of the client.',
  `group` string COMMENT 'The arm of the experiment.',
  `order` decimal(20,0) COMMENT 'The number on the receipt.',
  `params_group` string,
  `end` timestamp,
  `user` struct<`name`:string,`email`:string,`select`:boolean> COMMENT 'Who gets it.',
  `items` array<struct<`sku`:string,`amount`:int,`unitPrice`:decimal(12,2),`from`:string,`options`:map<string,string>>> COMMENT 'What is in the basket, from top to bottom.',
  `values` array<struct<`timestamp`:timestamp,`value`:double>>
)
COMMENT 'Fired when the order is paid. A type whose name is a reserved word, and so are its fields. Owner: shop <shop@example.com>. Since: 2026-01-15.'
PARTITIONED BY (`dt` string)
STORED AS PARQUET
LOCATION 's3://bucket/lake/order/';
-- For each new directory: ALTER TABLE `events`.`order` ADD IF NOT EXISTS PARTITION (`dt` = 'year=2020/month=01/day=01/hour=00') LOCATION 's3://bucket/lake/order/year=2020/month=01/day=01/hour=00/';


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
PARTITIONED BY (`dt` string)
STORED AS PARQUET
LOCATION 's3://bucket/lake/sign_out/';
-- For each new directory: ALTER TABLE `events`.`sign_out` ADD IF NOT EXISTS PARTITION (`dt` = 'year=2020/month=01/day=01') LOCATION 's3://bucket/lake/sign_out/year=2020/month=01/day=01/';

