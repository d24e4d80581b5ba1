-- BigQuery's own tables, by event-log. Load newline-delimited JSON of the lake's columns, with
-- ignore_unknown_values. Partitioned by the event's own date, whatever the lake's directories.

CREATE TABLE IF NOT EXISTS `events`.`every_type` (
  `id` STRING NOT NULL OPTIONS (description = 'Unique: a UUID of version 7. Remove duplicates by it.'),
  `date` TIMESTAMP NOT NULL OPTIONS (description = 'When it happened, in UTC.'),
  `type` STRING NOT NULL OPTIONS (description = 'The type of event.'),
  `user_id` INT64 OPTIONS (description = 'Who did it.'),
  `locale` STRING OPTIONS (description = 'In which language: a BCP 47 tag.'),
  `country_code` STRING OPTIONS (description = 'In which country: ISO 3166-1 alpha-2.'),
  `session_id` STRING OPTIONS (description = 'From the first request to the last.'),
  `app_version` STRING OPTIONS (description = 'The release of the client.'),
  `group` STRING OPTIONS (description = 'The arm of the experiment.'),
  `flag` BOOL OPTIONS (description = 'It\'s a flag; "quoted", with a \\ and a `tick`.'),
  `i8` INT64,
  `i16` INT64,
  `i32` INT64,
  `i64` INT64,
  `i128` STRING,
  `u8` INT64,
  `u16` INT64,
  `u32` INT64,
  `u64` NUMERIC(20, 0),
  `u128` STRING,
  `f32` FLOAT64,
  `f64` FLOAT64,
  `price` NUMERIC(12, 2) OPTIONS (description = 'In the currency of the order.'),
  `rate` BIGNUMERIC(38, 18),
  `huge` STRING OPTIONS (description = 'More digits than any engine has.'),
  `text` STRING,
  `kind` STRING OPTIONS (description = 'How big it is.'),
  `at` TIMESTAMP,
  `on` DATE,
  `opens` STRING,
  `local` DATETIME,
  `key` STRING,
  `extra` JSON OPTIONS (description = 'Whatever the client sent: `{any: "thing"}`.'),
  `tags` ARRAY<STRING> OPTIONS (description = 'In the order of their choice.'),
  `scores` JSON,
  `matrix` JSON,
  `counts` JSON OPTIONS (description = 'How often, by page.'),
  `limits` JSON,
  `empty` JSON
)
PARTITION BY TIMESTAMP_TRUNC(`date`, HOUR)
OPTIONS (
  require_partition_filter = true,
  description = 'One field of each type that there is. Not emitted by anybody: it shows what becomes of each type. Owner: data platform. Since: 1.0.'
);

CREATE TABLE IF NOT EXISTS `events`.`legacy_click` (
  `id` STRING NOT NULL OPTIONS (description = 'Unique: a UUID of version 7. Remove duplicates by it.'),
  `date` TIMESTAMP NOT NULL OPTIONS (description = 'When it happened, in UTC.'),
  `type` STRING NOT NULL OPTIONS (description = 'The type of event.'),
  `user_id` INT64 OPTIONS (description = 'Who did it.'),
  `locale` STRING OPTIONS (description = 'In which language: a BCP 47 tag.'),
  `country_code` STRING OPTIONS (description = 'In which country: ISO 3166-1 alpha-2.'),
  `session_id` STRING OPTIONS (description = 'From the first request to the last.'),
  `app_version` STRING OPTIONS (description = 'The release of the client.'),
  `group` STRING OPTIONS (description = 'The arm of the experiment.'),
  `x` INT64,
  `y` INT64,
  `target` STRING OPTIONS (description = 'Deprecated with its event. Deprecated: Nobody sets it.')
)
PARTITION BY TIMESTAMP_TRUNC(`date`, HOUR)
OPTIONS (
  require_partition_filter = true,
  description = 'Deprecated: Use page_view, which tells the referrer, too.'
);

CREATE TABLE IF NOT EXISTS `events`.`lesson_finished` (
  `id` STRING NOT NULL OPTIONS (description = 'Unique: a UUID of version 7. Remove duplicates by it.'),
  `date` TIMESTAMP NOT NULL OPTIONS (description = 'When it happened, in UTC.'),
  `type` STRING NOT NULL OPTIONS (description = 'The type of event.'),
  `user_id` INT64 OPTIONS (description = 'Who did it.'),
  `locale` STRING OPTIONS (description = 'In which language: a BCP 47 tag.'),
  `country_code` STRING OPTIONS (description = 'In which country: ISO 3166-1 alpha-2.'),
  `session_id` STRING OPTIONS (description = 'From the first request to the last.'),
  `app_version` STRING OPTIONS (description = 'The release of the client.'),
  `group` STRING OPTIONS (description = 'The arm of the experiment.'),
  `course` STRING,
  `lesson` INT64 OPTIONS (description = 'Counts from 1 within the course.'),
  `points` INT64 OPTIONS (description = 'In the test, from 0 to 100.'),
  `camelcase` STRING OPTIONS (description = 'In the lake all columns are in lower case.'),
  `path` STRUCT<`chapter` INT64, `section` INT64, `part` INT64>,
  `score` INT64 OPTIONS (description = 'Renamed to points.')
)
PARTITION BY TIMESTAMP_TRUNC(`date`, HOUR)
OPTIONS (
  require_partition_filter = true,
  description = 'Fired when a student passes the test at the end of a lesson. Owner: learning. Since: 1.2.'
);

CREATE TABLE IF NOT EXISTS `events`.`lesson_cleared` (
  `id` STRING NOT NULL OPTIONS (description = 'Unique: a UUID of version 7. Remove duplicates by it.'),
  `date` TIMESTAMP NOT NULL OPTIONS (description = 'When it happened, in UTC.'),
  `type` STRING NOT NULL OPTIONS (description = 'The type of event.'),
  `user_id` INT64 OPTIONS (description = 'Who did it.'),
  `locale` STRING OPTIONS (description = 'In which language: a BCP 47 tag.'),
  `country_code` STRING OPTIONS (description = 'In which country: ISO 3166-1 alpha-2.'),
  `session_id` STRING OPTIONS (description = 'From the first request to the last.'),
  `app_version` STRING OPTIONS (description = 'The release of the client.'),
  `group` STRING OPTIONS (description = 'The arm of the experiment.'),
  `course` STRING,
  `lesson` INT64 OPTIONS (description = 'Counts from 1 within the course.'),
  `points` INT64 OPTIONS (description = 'In the test, from 0 to 100.'),
  `camelcase` STRING OPTIONS (description = 'In the lake all columns are in lower case.'),
  `path` STRUCT<`chapter` INT64, `section` INT64, `part` INT64>,
  `score` INT64 OPTIONS (description = 'Renamed to points.')
)
PARTITION BY TIMESTAMP_TRUNC(`date`, HOUR)
OPTIONS (
  require_partition_filter = true,
  description = 'Renamed to lesson_finished.'
);

CREATE TABLE IF NOT EXISTS `events`.`order` (
  `id` STRING NOT NULL OPTIONS (description = 'Unique: a UUID of version 7. Remove duplicates by it.'),
  `date` TIMESTAMP NOT NULL OPTIONS (description = 'When it happened, in UTC.'),
  `type` STRING NOT NULL OPTIONS (description = 'The type of event.'),
  `user_id` INT64 OPTIONS (description = 'Who did it.'),
  `locale` STRING OPTIONS (description = 'In which language: a BCP 47 tag.'),
  `country_code` STRING OPTIONS (description = 'In which country: ISO 3166-1 alpha-2.'),
  `session_id` STRING OPTIONS (description = 'From the first request to the last.'),
  `app_version` STRING OPTIONS (description = 'The release of the client.'),
  `group` STRING OPTIONS (description = 'The arm of the experiment.'),
  `order` NUMERIC(20, 0) OPTIONS (description = 'The number on the receipt.'),
  `params_group` STRING,
  `end` TIMESTAMP,
  `user` STRUCT<`name` STRING, `email` STRING, `select` BOOL> OPTIONS (description = 'Who gets it.'),
  `items` ARRAY<STRUCT<`sku` STRING, `amount` INT64, `unitPrice` NUMERIC(12, 2), `from` STRING, `options` JSON>> OPTIONS (description = 'What is in the basket, from top to bottom.'),
  `values` JSON
)
PARTITION BY TIMESTAMP_TRUNC(`date`, HOUR)
OPTIONS (
  require_partition_filter = true,
  description = 'Fired when the order is paid. A type whose name is a reserved word, and so are its fields. Owner: shop <shop@example.com>. Since: 2026-01-15.'
);

CREATE TABLE IF NOT EXISTS `events`.`sign_out` (
  `id` STRING NOT NULL OPTIONS (description = 'Unique: a UUID of version 7. Remove duplicates by it.'),
  `date` TIMESTAMP NOT NULL OPTIONS (description = 'When it happened, in UTC.'),
  `type` STRING NOT NULL OPTIONS (description = 'The type of event.'),
  `user_id` INT64 OPTIONS (description = 'Who did it.'),
  `locale` STRING OPTIONS (description = 'In which language: a BCP 47 tag.'),
  `country_code` STRING OPTIONS (description = 'In which country: ISO 3166-1 alpha-2.'),
  `session_id` STRING OPTIONS (description = 'From the first request to the last.'),
  `app_version` STRING OPTIONS (description = 'The release of the client.'),
  `group` STRING OPTIONS (description = 'The arm of the experiment.')
)
PARTITION BY TIMESTAMP_TRUNC(`date`, DAY)
OPTIONS (
  require_partition_filter = true,
  description = 'Fired when a user signs out. Has no fields. Owner: accounts.'
);
