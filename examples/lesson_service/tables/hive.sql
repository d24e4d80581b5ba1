-- Apache Hive, by event-log. JSON needs Hive 4, or 3 with hive-hcatalog-core.
--
-- Partition columns: year, month, day, hour; texts with leading zeros, as in month = '09'.
-- Every engine knows this shape, and Athena can refuse a query without a year; but a range over
-- the end of a month takes an OR. The other shape, one column dt, has ranges and NOW, no such guard.
--
-- In each session of Hive: SET hive.strict.checks.no.partition.filter = true;
-- a query without a filter on the partition then fails.

CREATE EXTERNAL TABLE IF NOT EXISTS `events`.`event_log_gap` (
  `id` string COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` timestamp COMMENT 'When it happened, in UTC.',
  `type` string COMMENT 'The type of event.',
  `user_id` bigint COMMENT 'Who did it.',
  `locale` string COMMENT 'In which language: a BCP 47 tag.',
  `country_code` string COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `app_version` string COMMENT 'The release that emitted the event.',
  `session_id` string COMMENT 'The client\'s session, where it says.',
  `request_id` string COMMENT 'Of the client, or else made up by the service.',
  `event_type` string COMMENT 'The type of the dropped events; null for those of more types than are told apart.',
  `reason` string COMMENT 'Why they were dropped.',
  `events` decimal(20,0) COMMENT 'How many.',
  `first_dropped` timestamp COMMENT 'When the first of them was.',
  `last_dropped` timestamp COMMENT 'When the last of them was.'
)
COMMENT 'Written by the logger itself: so many events of one type were dropped for one reason.'
PARTITIONED BY (`year` string, `month` string, `day` string, `hour` string)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
WITH SERDEPROPERTIES ('timestamp.formats' = "yyyy-MM-dd'T'HH:mm:ss'Z',yyyy-MM-dd'T'HH:mm:ss.SSS'Z',yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
STORED AS TEXTFILE
LOCATION 's3://school/lake/event_log_gap/';
MSCK REPAIR TABLE `events`.`event_log_gap`;

CREATE EXTERNAL TABLE IF NOT EXISTS `events`.`lesson_cleared` (
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
  `lesson` bigint COMMENT 'Counts from 1 within the course.',
  `score` smallint COMMENT 'Points in the test, from 0 to 100.',
  `seconds` double COMMENT 'Since the last start of this lesson.'
)
COMMENT 'Fired when a student passes the test at the end of a lesson. Owner: teaching@school.example.'
PARTITIONED BY (`year` string, `month` string, `day` string, `hour` string)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
WITH SERDEPROPERTIES ('timestamp.formats' = "yyyy-MM-dd'T'HH:mm:ss'Z',yyyy-MM-dd'T'HH:mm:ss.SSS'Z',yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
STORED AS TEXTFILE
LOCATION 's3://school/lake/lesson_cleared/';
MSCK REPAIR TABLE `events`.`lesson_cleared`;

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
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
WITH SERDEPROPERTIES ('timestamp.formats' = "yyyy-MM-dd'T'HH:mm:ss'Z',yyyy-MM-dd'T'HH:mm:ss.SSS'Z',yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
STORED AS TEXTFILE
LOCATION 's3://school/lake/lesson_started/';
MSCK REPAIR TABLE `events`.`lesson_started`;

CREATE EXTERNAL TABLE IF NOT EXISTS `events`.`plan_purchased` (
  `id` string COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` timestamp COMMENT 'When it happened, in UTC.',
  `type` string COMMENT 'The type of event.',
  `user_id` bigint COMMENT 'Who did it.',
  `locale` string COMMENT 'In which language: a BCP 47 tag.',
  `country_code` string COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `app_version` string COMMENT 'The release that emitted the event.',
  `session_id` string COMMENT 'The client\'s session, where it says.',
  `request_id` string COMMENT 'Of the client, or else made up by the service.',
  `plan` string COMMENT 'The plan\'s name in the address of its page.',
  `price` bigint COMMENT 'In the smallest unit of the currency.',
  `currency` string COMMENT 'ISO 4217.'
)
COMMENT 'Fired when the payment is confirmed. Not fired for a renewal. Owner: payments@school.example.'
PARTITIONED BY (`year` string, `month` string, `day` string, `hour` string)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
WITH SERDEPROPERTIES ('timestamp.formats' = "yyyy-MM-dd'T'HH:mm:ss'Z',yyyy-MM-dd'T'HH:mm:ss.SSS'Z',yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
STORED AS TEXTFILE
LOCATION 's3://school/lake/plan_purchased/';
MSCK REPAIR TABLE `events`.`plan_purchased`;

CREATE EXTERNAL TABLE IF NOT EXISTS `events`.`user_registration` (
  `id` string COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  `date` timestamp COMMENT 'When it happened, in UTC.',
  `type` string COMMENT 'The type of event.',
  `user_id` bigint COMMENT 'Who did it.',
  `locale` string COMMENT 'In which language: a BCP 47 tag.',
  `country_code` string COMMENT 'In which country: ISO 3166-1 alpha-2.',
  `app_version` string COMMENT 'The release that emitted the event.',
  `session_id` string COMMENT 'The client\'s session, where it says.',
  `request_id` string COMMENT 'Of the client, or else made up by the service.',
  `provider` string COMMENT 'The OAuth provider that vouched for the user.',
  `referrer` string COMMENT 'The page that led to the sign-up, where the browser tells.'
)
COMMENT 'Fired when the account is stored. Not fired when a known student signs in again. Owner: growth@school.example.'
PARTITIONED BY (`year` string, `month` string, `day` string, `hour` string)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
WITH SERDEPROPERTIES ('timestamp.formats' = "yyyy-MM-dd'T'HH:mm:ss'Z',yyyy-MM-dd'T'HH:mm:ss.SSS'Z',yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
STORED AS TEXTFILE
LOCATION 's3://school/lake/user_registration/';
MSCK REPAIR TABLE `events`.`user_registration`;
