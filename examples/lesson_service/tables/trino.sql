-- Trino, by event-log.
--
-- Partition columns: year, month, day, hour; texts with leading zeros, as in month = '09'.
-- Every engine knows this shape, and Athena can refuse a query without a year; but a range over
-- the end of a month takes an OR. The other shape, one column dt, has ranges and NOW, no such guard.
--
-- The connector needs hive.partition-projection-enabled = true; without it, register the partitions:
-- CALL hive.system.sync_partition_metadata(schema, table, 'ADD').
-- Set hive.query-partition-filter-required = true in the connector, or in each session
-- SET SESSION hive.query_partition_filter_required = true: then no query reads without a filter.

CREATE TABLE IF NOT EXISTS hive."events"."event_log_gap" (
  "id" VARCHAR COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  "date" TIMESTAMP(3) COMMENT 'When it happened, in UTC.',
  "type" VARCHAR COMMENT 'The type of event.',
  "user_id" BIGINT COMMENT 'Who did it.',
  "locale" VARCHAR COMMENT 'In which language: a BCP 47 tag.',
  "country_code" VARCHAR COMMENT 'In which country: ISO 3166-1 alpha-2.',
  "app_version" VARCHAR COMMENT 'The release that emitted the event.',
  "session_id" VARCHAR COMMENT 'The client''s session, where it says.',
  "request_id" VARCHAR COMMENT 'Of the client, or else made up by the service.',
  "event_type" VARCHAR COMMENT 'The type of the dropped events; null for those of more types than are told apart.',
  "reason" VARCHAR COMMENT 'Why they were dropped.',
  "events" DECIMAL(20, 0) COMMENT 'How many.',
  "first_dropped" TIMESTAMP(3) COMMENT 'When the first of them was.',
  "last_dropped" TIMESTAMP(3) COMMENT 'When the last of them was.',
  "year" VARCHAR WITH (partition_projection_type = 'INJECTED'),
  "month" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '12'], partition_projection_digits = 2),
  "day" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '31'], partition_projection_digits = 2),
  "hour" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['0', '23'], partition_projection_digits = 2)
)
COMMENT 'Written by the logger itself: so many events of one type were dropped for one reason.'
WITH (
  format = 'OPENX_JSON',
  external_location = 's3://school/lake/event_log_gap/',
  partitioned_by = ARRAY['year', 'month', 'day', 'hour'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://school/lake/event_log_gap/year=${year}/month=${month}/day=${day}/hour=${hour}/'
);

CREATE TABLE IF NOT EXISTS hive."events"."lesson_cleared" (
  "id" VARCHAR COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  "date" TIMESTAMP(3) COMMENT 'When it happened, in UTC.',
  "type" VARCHAR COMMENT 'The type of event.',
  "user_id" BIGINT COMMENT 'Who did it.',
  "locale" VARCHAR COMMENT 'In which language: a BCP 47 tag.',
  "country_code" VARCHAR COMMENT 'In which country: ISO 3166-1 alpha-2.',
  "app_version" VARCHAR COMMENT 'The release that emitted the event.',
  "session_id" VARCHAR COMMENT 'The client''s session, where it says.',
  "request_id" VARCHAR COMMENT 'Of the client, or else made up by the service.',
  "course" VARCHAR COMMENT 'The course''s name in the address of its page.',
  "lesson" BIGINT COMMENT 'Counts from 1 within the course.',
  "score" SMALLINT COMMENT 'Points in the test, from 0 to 100.',
  "seconds" DOUBLE COMMENT 'Since the last start of this lesson.',
  "year" VARCHAR WITH (partition_projection_type = 'INJECTED'),
  "month" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '12'], partition_projection_digits = 2),
  "day" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '31'], partition_projection_digits = 2),
  "hour" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['0', '23'], partition_projection_digits = 2)
)
COMMENT 'Fired when a student passes the test at the end of a lesson. Owner: teaching@school.example.'
WITH (
  format = 'OPENX_JSON',
  external_location = 's3://school/lake/lesson_cleared/',
  partitioned_by = ARRAY['year', 'month', 'day', 'hour'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://school/lake/lesson_cleared/year=${year}/month=${month}/day=${day}/hour=${hour}/'
);

CREATE TABLE IF NOT EXISTS hive."events"."lesson_started" (
  "id" VARCHAR COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  "date" TIMESTAMP(3) COMMENT 'When it happened, in UTC.',
  "type" VARCHAR COMMENT 'The type of event.',
  "user_id" BIGINT COMMENT 'Who did it.',
  "locale" VARCHAR COMMENT 'In which language: a BCP 47 tag.',
  "country_code" VARCHAR COMMENT 'In which country: ISO 3166-1 alpha-2.',
  "app_version" VARCHAR COMMENT 'The release that emitted the event.',
  "session_id" VARCHAR COMMENT 'The client''s session, where it says.',
  "request_id" VARCHAR COMMENT 'Of the client, or else made up by the service.',
  "course" VARCHAR COMMENT 'The course''s name in the address of its page.',
  "lesson" BIGINT COMMENT 'Counts from 1 within the course.',
  "year" VARCHAR WITH (partition_projection_type = 'INJECTED'),
  "month" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '12'], partition_projection_digits = 2),
  "day" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '31'], partition_projection_digits = 2),
  "hour" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['0', '23'], partition_projection_digits = 2)
)
COMMENT 'Fired when a student opens a lesson. Fired again when the student starts it over. Owner: teaching@school.example.'
WITH (
  format = 'OPENX_JSON',
  external_location = 's3://school/lake/lesson_started/',
  partitioned_by = ARRAY['year', 'month', 'day', 'hour'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://school/lake/lesson_started/year=${year}/month=${month}/day=${day}/hour=${hour}/'
);

CREATE TABLE IF NOT EXISTS hive."events"."plan_purchased" (
  "id" VARCHAR COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  "date" TIMESTAMP(3) COMMENT 'When it happened, in UTC.',
  "type" VARCHAR COMMENT 'The type of event.',
  "user_id" BIGINT COMMENT 'Who did it.',
  "locale" VARCHAR COMMENT 'In which language: a BCP 47 tag.',
  "country_code" VARCHAR COMMENT 'In which country: ISO 3166-1 alpha-2.',
  "app_version" VARCHAR COMMENT 'The release that emitted the event.',
  "session_id" VARCHAR COMMENT 'The client''s session, where it says.',
  "request_id" VARCHAR COMMENT 'Of the client, or else made up by the service.',
  "plan" VARCHAR COMMENT 'The plan''s name in the address of its page.',
  "price" BIGINT COMMENT 'In the smallest unit of the currency.',
  "currency" VARCHAR COMMENT 'ISO 4217.',
  "year" VARCHAR WITH (partition_projection_type = 'INJECTED'),
  "month" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '12'], partition_projection_digits = 2),
  "day" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '31'], partition_projection_digits = 2),
  "hour" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['0', '23'], partition_projection_digits = 2)
)
COMMENT 'Fired when the payment is confirmed. Not fired for a renewal. Owner: payments@school.example.'
WITH (
  format = 'OPENX_JSON',
  external_location = 's3://school/lake/plan_purchased/',
  partitioned_by = ARRAY['year', 'month', 'day', 'hour'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://school/lake/plan_purchased/year=${year}/month=${month}/day=${day}/hour=${hour}/'
);

CREATE TABLE IF NOT EXISTS hive."events"."user_registration" (
  "id" VARCHAR COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  "date" TIMESTAMP(3) COMMENT 'When it happened, in UTC.',
  "type" VARCHAR COMMENT 'The type of event.',
  "user_id" BIGINT COMMENT 'Who did it.',
  "locale" VARCHAR COMMENT 'In which language: a BCP 47 tag.',
  "country_code" VARCHAR COMMENT 'In which country: ISO 3166-1 alpha-2.',
  "app_version" VARCHAR COMMENT 'The release that emitted the event.',
  "session_id" VARCHAR COMMENT 'The client''s session, where it says.',
  "request_id" VARCHAR COMMENT 'Of the client, or else made up by the service.',
  "provider" VARCHAR COMMENT 'The OAuth provider that vouched for the user.',
  "referrer" VARCHAR COMMENT 'The page that led to the sign-up, where the browser tells.',
  "year" VARCHAR WITH (partition_projection_type = 'INJECTED'),
  "month" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '12'], partition_projection_digits = 2),
  "day" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '31'], partition_projection_digits = 2),
  "hour" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['0', '23'], partition_projection_digits = 2)
)
COMMENT 'Fired when the account is stored. Not fired when a known student signs in again. Owner: growth@school.example.'
WITH (
  format = 'OPENX_JSON',
  external_location = 's3://school/lake/user_registration/',
  partitioned_by = ARRAY['year', 'month', 'day', 'hour'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://school/lake/user_registration/year=${year}/month=${month}/day=${day}/hour=${hour}/'
);
