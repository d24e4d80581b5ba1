-- BigQuery's own tables, by event-log. Load newline-delimited JSON of the lake's columns, with
-- ignore_unknown_values. Partitioned by the event's own date, whatever the lake's directories.

CREATE TABLE IF NOT EXISTS `events`.`event_log_gap` (
  `id` STRING NOT NULL OPTIONS (description = 'Unique: a UUID of version 7. Remove duplicates by it.'),
  `date` TIMESTAMP NOT NULL OPTIONS (description = 'When it happened, in UTC.'),
  `type` STRING NOT NULL OPTIONS (description = 'The type of event.'),
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
PARTITION BY TIMESTAMP_TRUNC(`date`, HOUR)
OPTIONS (
  require_partition_filter = true,
  description = 'Written by the logger itself: so many events of one type were dropped for one reason.'
);

CREATE TABLE IF NOT EXISTS `events`.`lesson_cleared` (
  `id` STRING NOT NULL OPTIONS (description = 'Unique: a UUID of version 7. Remove duplicates by it.'),
  `date` TIMESTAMP NOT NULL OPTIONS (description = 'When it happened, in UTC.'),
  `type` STRING NOT NULL OPTIONS (description = 'The type of event.'),
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
PARTITION BY TIMESTAMP_TRUNC(`date`, HOUR)
OPTIONS (
  require_partition_filter = true,
  description = 'Fired when a student passes the test at the end of a lesson. Owner: teaching@school.example.'
);

CREATE TABLE IF NOT EXISTS `events`.`lesson_started` (
  `id` STRING NOT NULL OPTIONS (description = 'Unique: a UUID of version 7. Remove duplicates by it.'),
  `date` TIMESTAMP NOT NULL OPTIONS (description = 'When it happened, in UTC.'),
  `type` STRING NOT NULL OPTIONS (description = 'The type of event.'),
  `user_id` INT64 OPTIONS (description = 'Who did it.'),
  `locale` STRING OPTIONS (description = 'In which language: a BCP 47 tag.'),
  `country_code` STRING OPTIONS (description = 'In which country: ISO 3166-1 alpha-2.'),
  `app_version` STRING OPTIONS (description = 'The release that emitted the event.'),
  `session_id` STRING OPTIONS (description = 'The client\'s session, where it says.'),
  `request_id` STRING OPTIONS (description = 'Of the client, or else made up by the service.'),
  `course` STRING OPTIONS (description = 'The course\'s name in the address of its page.'),
  `lesson` INT64 OPTIONS (description = 'Counts from 1 within the course.')
)
PARTITION BY TIMESTAMP_TRUNC(`date`, HOUR)
OPTIONS (
  require_partition_filter = true,
  description = 'Fired when a student opens a lesson. Fired again when the student starts it over. Owner: teaching@school.example.'
);

CREATE TABLE IF NOT EXISTS `events`.`plan_purchased` (
  `id` STRING NOT NULL OPTIONS (description = 'Unique: a UUID of version 7. Remove duplicates by it.'),
  `date` TIMESTAMP NOT NULL OPTIONS (description = 'When it happened, in UTC.'),
  `type` STRING NOT NULL OPTIONS (description = 'The type of event.'),
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
PARTITION BY TIMESTAMP_TRUNC(`date`, HOUR)
OPTIONS (
  require_partition_filter = true,
  description = 'Fired when the payment is confirmed. Not fired for a renewal. Owner: payments@school.example.'
);

CREATE TABLE IF NOT EXISTS `events`.`user_registration` (
  `id` STRING NOT NULL OPTIONS (description = 'Unique: a UUID of version 7. Remove duplicates by it.'),
  `date` TIMESTAMP NOT NULL OPTIONS (description = 'When it happened, in UTC.'),
  `type` STRING NOT NULL OPTIONS (description = 'The type of event.'),
  `user_id` INT64 OPTIONS (description = 'Who did it.'),
  `locale` STRING OPTIONS (description = 'In which language: a BCP 47 tag.'),
  `country_code` STRING OPTIONS (description = 'In which country: ISO 3166-1 alpha-2.'),
  `app_version` STRING OPTIONS (description = 'The release that emitted the event.'),
  `session_id` STRING OPTIONS (description = 'The client\'s session, where it says.'),
  `request_id` STRING OPTIONS (description = 'Of the client, or else made up by the service.'),
  `provider` STRING OPTIONS (description = 'The OAuth provider that vouched for the user.'),
  `referrer` STRING OPTIONS (description = 'The page that led to the sign-up, where the browser tells.')
)
PARTITION BY TIMESTAMP_TRUNC(`date`, HOUR)
OPTIONS (
  require_partition_filter = true,
  description = 'Fired when the account is stored. Not fired when a known student signs in again. Owner: growth@school.example.'
);
