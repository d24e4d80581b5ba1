-- Apache Hive, by event-log. JSON needs Hive 4, or 3 with hive-hcatalog-core.
--
-- Partition columns: year, month, day, hour; texts with leading zeros, as in month = '09'.
-- Every engine knows this shape, and Athena can refuse a query without a year; but a range over
-- the end of a month takes an OR. The other shape, one column dt, has ranges and NOW, no such guard.
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
PARTITIONED BY (`year` string, `month` string, `day` string, `hour` string)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
WITH SERDEPROPERTIES ('timestamp.formats' = "yyyy-MM-dd'T'HH:mm:ss'Z',yyyy-MM-dd'T'HH:mm:ss.SSS'Z',yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
STORED AS TEXTFILE
LOCATION 's3://bucket/lake/every_type/';
MSCK REPAIR TABLE `events`.`every_type`;

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
PARTITIONED BY (`year` string, `month` string, `day` string, `hour` string)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
WITH SERDEPROPERTIES ('timestamp.formats' = "yyyy-MM-dd'T'HH:mm:ss'Z',yyyy-MM-dd'T'HH:mm:ss.SSS'Z',yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
STORED AS TEXTFILE
LOCATION 's3://bucket/lake/legacy_click/';
MSCK REPAIR TABLE `events`.`legacy_click`;

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
PARTITIONED BY (`year` string, `month` string, `day` string, `hour` string)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
WITH SERDEPROPERTIES ('timestamp.formats' = "yyyy-MM-dd'T'HH:mm:ss'Z',yyyy-MM-dd'T'HH:mm:ss.SSS'Z',yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
STORED AS TEXTFILE
LOCATION 's3://bucket/lake/lesson_finished/';
MSCK REPAIR TABLE `events`.`lesson_finished`;

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
PARTITIONED BY (`year` string, `month` string, `day` string, `hour` string)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
WITH SERDEPROPERTIES ('timestamp.formats' = "yyyy-MM-dd'T'HH:mm:ss'Z',yyyy-MM-dd'T'HH:mm:ss.SSS'Z',yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
STORED AS TEXTFILE
LOCATION 's3://bucket/lake/lesson_cleared/';
MSCK REPAIR TABLE `events`.`lesson_cleared`;

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
PARTITIONED BY (`year` string, `month` string, `day` string, `hour` string)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
WITH SERDEPROPERTIES ('timestamp.formats' = "yyyy-MM-dd'T'HH:mm:ss'Z',yyyy-MM-dd'T'HH:mm:ss.SSS'Z',yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
STORED AS TEXTFILE
LOCATION 's3://bucket/lake/order/';
MSCK REPAIR TABLE `events`.`order`;

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
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
WITH SERDEPROPERTIES ('timestamp.formats' = "yyyy-MM-dd'T'HH:mm:ss'Z',yyyy-MM-dd'T'HH:mm:ss.SSS'Z',yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
STORED AS TEXTFILE
LOCATION 's3://bucket/lake/sign_out/';
MSCK REPAIR TABLE `events`.`sign_out`;
