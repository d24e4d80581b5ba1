-- BigQuery over the lake, by event-log.
--
-- Partition columns: year, month, day, hour; texts with leading zeros, as in month = '09'.
-- Every engine knows this shape, and Athena can refuse a query without a year; but a range over
-- the end of a month takes an OR. The other shape, one column dt, has ranges and NOW, no such guard.
--
-- BigQuery reads gs://; s3:// only through BigLake, with a connection.

CREATE OR REPLACE EXTERNAL TABLE `events`.`event_log_gap` (
  `id` STRING OPTIONS (description = 'Unique: a UUID of version 7. Remove duplicates by it.'),
  `date` TIMESTAMP OPTIONS (description = 'When it happened, in UTC.'),
  `type` STRING OPTIONS (description = 'The type of event.'),
  `user_id` INT64 OPTIONS (description = 'Who did it.'),
  `locale` STRING OPTIONS (description = 'In which language: a BCP 47 tag.'),
  `country_code` STRING OPTIONS (description = 'In which country: ISO 3166-1 alpha-2.'),
  `app_version` STRING OPTIONS (description = 'The release that emitted the event.'),
  `session_id` STRING OPTIONS (description = 'The client\'s session, where it says.'),
  `request_id` STRING OPTIONS (description = 'Of the client, or else made up by the service.'),
  `event_type` STRING OPTIONS (description = 'The type of the dropped events; null for those of more types than are told apart.'),
  `reason` STRING OPTIONS (description = 'Why they were dropped.'),
  `events` NUMERIC(20, 0) OPTIONS (description = 'How many.'),
  `first_dropped` TIMESTAMP OPTIONS (description = 'When the first of them was.'),
  `last_dropped` TIMESTAMP OPTIONS (description = 'When the last of them was.')
)
WITH PARTITION COLUMNS (`year` STRING, `month` STRING, `day` STRING, `hour` STRING)
OPTIONS (
  format = 'NEWLINE_DELIMITED_JSON',
  ignore_unknown_values = true,
  uris = ['s3://school/lake/event_log_gap/*'],
  hive_partition_uri_prefix = 's3://school/lake/event_log_gap',
  require_hive_partition_filter = true,
  description = 'Written by the logger itself: so many events of one type were dropped for one reason.'
);

CREATE OR REPLACE EXTERNAL TABLE `events`.`lesson_cleared` (
  `id` STRING OPTIONS (description = 'Unique: a UUID of version 7. Remove duplicates by it.'),
  `date` TIMESTAMP OPTIONS (description = 'When it happened, in UTC.'),
  `type` STRING OPTIONS (description = 'The type of event.'),
  `user_id` INT64 OPTIONS (description = 'Who did it.'),
  `locale` STRING OPTIONS (description = 'In which language: a BCP 47 tag.'),
  `country_code` STRING OPTIONS (description = 'In which country: ISO 3166-1 alpha-2.'),
  `app_version` STRING OPTIONS (description = 'The release that emitted the event.'),
  `session_id` STRING OPTIONS (description = 'The client\'s session, where it says.'),
  `request_id` STRING OPTIONS (description = 'Of the client, or else made up by the service.'),
  `course` STRING OPTIONS (description = 'The course\'s name in the address of its page.'),
  `lesson` INT64 OPTIONS (description = 'Counts from 1 within the course.'),
  `score` INT64 OPTIONS (description = 'Points in the test, from 0 to 100.'),
  `seconds` FLOAT64 OPTIONS (description = 'Since the last start of this lesson.')
)
WITH PARTITION COLUMNS (`year` STRING, `month` STRING, `day` STRING, `hour` STRING)
OPTIONS (
  format = 'NEWLINE_DELIMITED_JSON',
  ignore_unknown_values = true,
  uris = ['s3://school/lake/lesson_cleared/*'],
  hive_partition_uri_prefix = 's3://school/lake/lesson_cleared',
  require_hive_partition_filter = true,
  description = 'Fired when a student passes the test at the end of a lesson. Owner: teaching@school.example.'
);

CREATE OR REPLACE EXTERNAL TABLE `events`.`lesson_started` (
  `id` STRING OPTIONS (description = 'Unique: a UUID of version 7. Remove duplicates by it.'),
  `date` TIMESTAMP OPTIONS (description = 'When it happened, in UTC.'),
  `type` STRING OPTIONS (description = 'The type of event.'),
  `user_id` INT64 OPTIONS (description = 'Who did it.'),
  `locale` STRING OPTIONS (description = 'In which language: a BCP 47 tag.'),
  `country_code` STRING OPTIONS (description = 'In which country: ISO 3166-1 alpha-2.'),
  `app_version` STRING OPTIONS (description = 'The release that emitted the event.'),
  `session_id` STRING OPTIONS (description = 'The client\'s session, where it says.'),
  `request_id` STRING OPTIONS (description = 'Of the client, or else made up by the service.'),
  `course` STRING OPTIONS (description = 'The course\'s name in the address of its page.'),
  `lesson` INT64 OPTIONS (description = 'Counts from 1 within the course.')
)
WITH PARTITION COLUMNS (`year` STRING, `month` STRING, `day` STRING, `hour` STRING)
OPTIONS (
  format = 'NEWLINE_DELIMITED_JSON',
  ignore_unknown_values = true,
  uris = ['s3://school/lake/lesson_started/*'],
  hive_partition_uri_prefix = 's3://school/lake/lesson_started',
  require_hive_partition_filter = true,
  description = 'Fired when a student opens a lesson. Fired again when the student starts it over. Owner: teaching@school.example.'
);

CREATE OR REPLACE EXTERNAL TABLE `events`.`plan_purchased` (
  `id` STRING OPTIONS (description = 'Unique: a UUID of version 7. Remove duplicates by it.'),
  `date` TIMESTAMP OPTIONS (description = 'When it happened, in UTC.'),
  `type` STRING OPTIONS (description = 'The type of event.'),
  `user_id` INT64 OPTIONS (description = 'Who did it.'),
  `locale` STRING OPTIONS (description = 'In which language: a BCP 47 tag.'),
  `country_code` STRING OPTIONS (description = 'In which country: ISO 3166-1 alpha-2.'),
  `app_version` STRING OPTIONS (description = 'The release that emitted the event.'),
  `session_id` STRING OPTIONS (description = 'The client\'s session, where it says.'),
  `request_id` STRING OPTIONS (description = 'Of the client, or else made up by the service.'),
  `plan` STRING OPTIONS (description = 'The plan\'s name in the address of its page.'),
  `price` INT64 OPTIONS (description = 'In the smallest unit of the currency.'),
  `currency` STRING OPTIONS (description = 'ISO 4217.')
)
WITH PARTITION COLUMNS (`year` STRING, `month` STRING, `day` STRING, `hour` STRING)
OPTIONS (
  format = 'NEWLINE_DELIMITED_JSON',
  ignore_unknown_values = true,
  uris = ['s3://school/lake/plan_purchased/*'],
  hive_partition_uri_prefix = 's3://school/lake/plan_purchased',
  require_hive_partition_filter = true,
  description = 'Fired when the payment is confirmed. Not fired for a renewal. Owner: payments@school.example.'
);

CREATE OR REPLACE EXTERNAL TABLE `events`.`user_registration` (
  `id` STRING OPTIONS (description = 'Unique: a UUID of version 7. Remove duplicates by it.'),
  `date` TIMESTAMP OPTIONS (description = 'When it happened, in UTC.'),
  `type` STRING OPTIONS (description = 'The type of event.'),
  `user_id` INT64 OPTIONS (description = 'Who did it.'),
  `locale` STRING OPTIONS (description = 'In which language: a BCP 47 tag.'),
  `country_code` STRING OPTIONS (description = 'In which country: ISO 3166-1 alpha-2.'),
  `app_version` STRING OPTIONS (description = 'The release that emitted the event.'),
  `session_id` STRING OPTIONS (description = 'The client\'s session, where it says.'),
  `request_id` STRING OPTIONS (description = 'Of the client, or else made up by the service.'),
  `provider` STRING OPTIONS (description = 'The OAuth provider that vouched for the user.'),
  `referrer` STRING OPTIONS (description = 'The page that led to the sign-up, where the browser tells.')
)
WITH PARTITION COLUMNS (`year` STRING, `month` STRING, `day` STRING, `hour` STRING)
OPTIONS (
  format = 'NEWLINE_DELIMITED_JSON',
  ignore_unknown_values = true,
  uris = ['s3://school/lake/user_registration/*'],
  hive_partition_uri_prefix = 's3://school/lake/user_registration',
  require_hive_partition_filter = true,
  description = 'Fired when the account is stored. Not fired when a known student signs in again. Owner: growth@school.example.'
);
