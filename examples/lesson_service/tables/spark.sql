-- Apache Spark, by event-log.
--
-- Partition columns: year, month, day, hour; texts with leading zeros, as in month = '09'.
-- Every engine knows this shape, and Athena can refuse a query without a year; but a range over
-- the end of a month takes an OR. The other shape, one column dt, has ranges and NOW, no such guard.
--
-- Spark has no guard against queries without a filter on the partition.
-- Times are shown in the session's zone: SET spark.sql.session.timeZone = UTC;

CREATE TABLE IF NOT EXISTS `events`.`event_log_gap` (
  `id` STRING COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` TIMESTAMP COMMENT 'When it happened, in UTC.',
  `type` STRING COMMENT 'The type of event.',
  `user_id` BIGINT COMMENT 'Who did it.',
  `locale` STRING COMMENT 'In which language: a BCP 47 tag.',
  `country_code` STRING COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `app_version` STRING COMMENT 'The release that emitted the event.',
  `session_id` STRING COMMENT 'The client\'s session, where it says.',
  `request_id` STRING COMMENT 'Of the client, or else made up by the service.',
  `event_type` STRING COMMENT 'The type of the dropped events; null for those of more types than are told apart.',
  `reason` STRING COMMENT 'Why they were dropped.',
  `events` DECIMAL(20, 0) COMMENT 'How many.',
  `first_dropped` TIMESTAMP COMMENT 'When the first of them was.',
  `last_dropped` TIMESTAMP COMMENT 'When the last of them was.',
  `year` STRING,
  `month` STRING,
  `day` STRING,
  `hour` STRING
)
USING JSON
PARTITIONED BY (`year`, `month`, `day`, `hour`)
LOCATION 's3://school/lake/event_log_gap/'
COMMENT 'Written by the logger itself: so many events of one type were dropped for one reason.';
MSCK REPAIR TABLE `events`.`event_log_gap`;

CREATE TABLE IF NOT EXISTS `events`.`lesson_cleared` (
  `id` STRING COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` TIMESTAMP COMMENT 'When it happened, in UTC.',
  `type` STRING COMMENT 'The type of event.',
  `user_id` BIGINT COMMENT 'Who did it.',
  `locale` STRING COMMENT 'In which language: a BCP 47 tag.',
  `country_code` STRING COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `app_version` STRING COMMENT 'The release that emitted the event.',
  `session_id` STRING COMMENT 'The client\'s session, where it says.',
  `request_id` STRING COMMENT 'Of the client, or else made up by the service.',
  `course` STRING COMMENT 'The course\'s name in the address of its page.',
  `lesson` BIGINT COMMENT 'Counts from 1 within the course.',
  `score` SMALLINT COMMENT 'Points in the test, from 0 to 100.',
  `seconds` DOUBLE COMMENT 'Since the last start of this lesson.',
  `year` STRING,
  `month` STRING,
  `day` STRING,
  `hour` STRING
)
USING JSON
PARTITIONED BY (`year`, `month`, `day`, `hour`)
LOCATION 's3://school/lake/lesson_cleared/'
COMMENT 'Fired when a student passes the test at the end of a lesson. Owner: teaching@school.example.';
MSCK REPAIR TABLE `events`.`lesson_cleared`;

CREATE TABLE IF NOT EXISTS `events`.`lesson_started` (
  `id` STRING COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` TIMESTAMP COMMENT 'When it happened, in UTC.',
  `type` STRING COMMENT 'The type of event.',
  `user_id` BIGINT COMMENT 'Who did it.',
  `locale` STRING COMMENT 'In which language: a BCP 47 tag.',
  `country_code` STRING COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `app_version` STRING COMMENT 'The release that emitted the event.',
  `session_id` STRING COMMENT 'The client\'s session, where it says.',
  `request_id` STRING COMMENT 'Of the client, or else made up by the service.',
  `course` STRING COMMENT 'The course\'s name in the address of its page.',
  `lesson` BIGINT COMMENT 'Counts from 1 within the course.',
  `year` STRING,
  `month` STRING,
  `day` STRING,
  `hour` STRING
)
USING JSON
PARTITIONED BY (`year`, `month`, `day`, `hour`)
LOCATION 's3://school/lake/lesson_started/'
COMMENT 'Fired when a student opens a lesson. Fired again when the student starts it over. Owner: teaching@school.example.';
MSCK REPAIR TABLE `events`.`lesson_started`;

CREATE TABLE IF NOT EXISTS `events`.`plan_purchased` (
  `id` STRING COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` TIMESTAMP COMMENT 'When it happened, in UTC.',
  `type` STRING COMMENT 'The type of event.',
  `user_id` BIGINT COMMENT 'Who did it.',
  `locale` STRING COMMENT 'In which language: a BCP 47 tag.',
  `country_code` STRING COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `app_version` STRING COMMENT 'The release that emitted the event.',
  `session_id` STRING COMMENT 'The client\'s session, where it says.',
  `request_id` STRING COMMENT 'Of the client, or else made up by the service.',
  `plan` STRING COMMENT 'The plan\'s name in the address of its page.',
  `price` BIGINT COMMENT 'In the smallest unit of the currency.',
  `currency` STRING COMMENT 'ISO 4217.',
  `year` STRING,
  `month` STRING,
  `day` STRING,
  `hour` STRING
)
USING JSON
PARTITIONED BY (`year`, `month`, `day`, `hour`)
LOCATION 's3://school/lake/plan_purchased/'
COMMENT 'Fired when the payment is confirmed. Not fired for a renewal. Owner: payments@school.example.';
MSCK REPAIR TABLE `events`.`plan_purchased`;

CREATE TABLE IF NOT EXISTS `events`.`user_registration` (
  `id` STRING COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` TIMESTAMP COMMENT 'When it happened, in UTC.',
  `type` STRING COMMENT 'The type of event.',
  `user_id` BIGINT COMMENT 'Who did it.',
  `locale` STRING COMMENT 'In which language: a BCP 47 tag.',
  `country_code` STRING COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `app_version` STRING COMMENT 'The release that emitted the event.',
  `session_id` STRING COMMENT 'The client\'s session, where it says.',
  `request_id` STRING COMMENT 'Of the client, or else made up by the service.',
  `provider` STRING COMMENT 'The OAuth provider that vouched for the user.',
  `referrer` STRING COMMENT 'The page that led to the sign-up, where the browser tells.',
  `year` STRING,
  `month` STRING,
  `day` STRING,
  `hour` STRING
)
USING JSON
PARTITIONED BY (`year`, `month`, `day`, `hour`)
LOCATION 's3://school/lake/user_registration/'
COMMENT 'Fired when the account is stored. Not fired when a known student signs in again. Owner: growth@school.example.';
MSCK REPAIR TABLE `events`.`user_registration`;
