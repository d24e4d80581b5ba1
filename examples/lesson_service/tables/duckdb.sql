-- DuckDB, by event-log.
--
-- Partition columns: year, month, day, hour; texts with leading zeros, as in month = '09'.
-- Every engine knows this shape, and Athena can refuse a query without a year; but a range over
-- the end of a month takes an OR. The other shape, one column dt, has ranges and NOW, no such guard.
--
-- A view needs one file of its type at least when it is made: make it again once there is one.
-- DuckDB has no guard against queries without a filter on the partition.

CREATE SCHEMA IF NOT EXISTS "events";

CREATE OR REPLACE VIEW "events"."event_log_gap" AS
SELECT
  "id",
  "date",
  "type",
  "user_id",
  "locale",
  "country_code",
  "app_version",
  "session_id",
  "request_id",
  "event_type",
  "reason",
  "events",
  "first_dropped",
  "last_dropped",
  "year",
  "month",
  "day",
  "hour"
FROM read_json(
  's3://school/lake/event_log_gap/year=*/month=*/day=*/hour=*/*.json*',
  format = 'newline_delimited',
  columns = {
    "id": 'VARCHAR',
    "date": 'TIMESTAMPTZ',
    "type": 'VARCHAR',
    "user_id": 'BIGINT',
    "locale": 'VARCHAR',
    "country_code": 'VARCHAR',
    "app_version": 'VARCHAR',
    "session_id": 'VARCHAR',
    "request_id": 'VARCHAR',
    "event_type": 'VARCHAR',
    "reason": 'VARCHAR',
    "events": 'DECIMAL(20, 0)',
    "first_dropped": 'TIMESTAMPTZ',
    "last_dropped": 'TIMESTAMPTZ'
  },
  hive_partitioning = true,
  hive_types = {'year': VARCHAR, 'month': VARCHAR, 'day': VARCHAR, 'hour': VARCHAR}
);
COMMENT ON VIEW "events"."event_log_gap" IS 'Written by the logger itself: so many events of one type were dropped for one reason.';
COMMENT ON COLUMN "events"."event_log_gap"."id" IS 'Unique: a UUID of version 7. Remove duplicates by it.';
COMMENT ON COLUMN "events"."event_log_gap"."date" IS 'When it happened, in UTC.';
COMMENT ON COLUMN "events"."event_log_gap"."type" IS 'The type of event.';
COMMENT ON COLUMN "events"."event_log_gap"."user_id" IS 'Who did it.';
COMMENT ON COLUMN "events"."event_log_gap"."locale" IS 'In which language: a BCP 47 tag.';
COMMENT ON COLUMN "events"."event_log_gap"."country_code" IS 'In which country: ISO 3166-1 alpha-2.';
COMMENT ON COLUMN "events"."event_log_gap"."app_version" IS 'The release that emitted the event.';
COMMENT ON COLUMN "events"."event_log_gap"."session_id" IS 'The client''s session, where it says.';
COMMENT ON COLUMN "events"."event_log_gap"."request_id" IS 'Of the client, or else made up by the service.';
COMMENT ON COLUMN "events"."event_log_gap"."event_type" IS 'The type of the dropped events; null for those of more types than are told apart.';
COMMENT ON COLUMN "events"."event_log_gap"."reason" IS 'Why they were dropped.';
COMMENT ON COLUMN "events"."event_log_gap"."events" IS 'How many.';
COMMENT ON COLUMN "events"."event_log_gap"."first_dropped" IS 'When the first of them was.';
COMMENT ON COLUMN "events"."event_log_gap"."last_dropped" IS 'When the last of them was.';

CREATE OR REPLACE VIEW "events"."lesson_cleared" AS
SELECT
  "id",
  "date",
  "type",
  "user_id",
  "locale",
  "country_code",
  "app_version",
  "session_id",
  "request_id",
  "course",
  "lesson",
  "score",
  "seconds",
  "year",
  "month",
  "day",
  "hour"
FROM read_json(
  's3://school/lake/lesson_cleared/year=*/month=*/day=*/hour=*/*.json*',
  format = 'newline_delimited',
  columns = {
    "id": 'VARCHAR',
    "date": 'TIMESTAMPTZ',
    "type": 'VARCHAR',
    "user_id": 'BIGINT',
    "locale": 'VARCHAR',
    "country_code": 'VARCHAR',
    "app_version": 'VARCHAR',
    "session_id": 'VARCHAR',
    "request_id": 'VARCHAR',
    "course": 'VARCHAR',
    "lesson": 'BIGINT',
    "score": 'SMALLINT',
    "seconds": 'DOUBLE'
  },
  hive_partitioning = true,
  hive_types = {'year': VARCHAR, 'month': VARCHAR, 'day': VARCHAR, 'hour': VARCHAR}
);
COMMENT ON VIEW "events"."lesson_cleared" IS 'Fired when a student passes the test at the end of a lesson. Owner: teaching@school.example.';
COMMENT ON COLUMN "events"."lesson_cleared"."id" IS 'Unique: a UUID of version 7. Remove duplicates by it.';
COMMENT ON COLUMN "events"."lesson_cleared"."date" IS 'When it happened, in UTC.';
COMMENT ON COLUMN "events"."lesson_cleared"."type" IS 'The type of event.';
COMMENT ON COLUMN "events"."lesson_cleared"."user_id" IS 'Who did it.';
COMMENT ON COLUMN "events"."lesson_cleared"."locale" IS 'In which language: a BCP 47 tag.';
COMMENT ON COLUMN "events"."lesson_cleared"."country_code" IS 'In which country: ISO 3166-1 alpha-2.';
COMMENT ON COLUMN "events"."lesson_cleared"."app_version" IS 'The release that emitted the event.';
COMMENT ON COLUMN "events"."lesson_cleared"."session_id" IS 'The client''s session, where it says.';
COMMENT ON COLUMN "events"."lesson_cleared"."request_id" IS 'Of the client, or else made up by the service.';
COMMENT ON COLUMN "events"."lesson_cleared"."course" IS 'The course''s name in the address of its page.';
COMMENT ON COLUMN "events"."lesson_cleared"."lesson" IS 'Counts from 1 within the course.';
COMMENT ON COLUMN "events"."lesson_cleared"."score" IS 'Points in the test, from 0 to 100.';
COMMENT ON COLUMN "events"."lesson_cleared"."seconds" IS 'Since the last start of this lesson.';

CREATE OR REPLACE VIEW "events"."lesson_started" AS
SELECT
  "id",
  "date",
  "type",
  "user_id",
  "locale",
  "country_code",
  "app_version",
  "session_id",
  "request_id",
  "course",
  "lesson",
  "year",
  "month",
  "day",
  "hour"
FROM read_json(
  's3://school/lake/lesson_started/year=*/month=*/day=*/hour=*/*.json*',
  format = 'newline_delimited',
  columns = {
    "id": 'VARCHAR',
    "date": 'TIMESTAMPTZ',
    "type": 'VARCHAR',
    "user_id": 'BIGINT',
    "locale": 'VARCHAR',
    "country_code": 'VARCHAR',
    "app_version": 'VARCHAR',
    "session_id": 'VARCHAR',
    "request_id": 'VARCHAR',
    "course": 'VARCHAR',
    "lesson": 'BIGINT'
  },
  hive_partitioning = true,
  hive_types = {'year': VARCHAR, 'month': VARCHAR, 'day': VARCHAR, 'hour': VARCHAR}
);
COMMENT ON VIEW "events"."lesson_started" IS 'Fired when a student opens a lesson. Fired again when the student starts it over. Owner: teaching@school.example.';
COMMENT ON COLUMN "events"."lesson_started"."id" IS 'Unique: a UUID of version 7. Remove duplicates by it.';
COMMENT ON COLUMN "events"."lesson_started"."date" IS 'When it happened, in UTC.';
COMMENT ON COLUMN "events"."lesson_started"."type" IS 'The type of event.';
COMMENT ON COLUMN "events"."lesson_started"."user_id" IS 'Who did it.';
COMMENT ON COLUMN "events"."lesson_started"."locale" IS 'In which language: a BCP 47 tag.';
COMMENT ON COLUMN "events"."lesson_started"."country_code" IS 'In which country: ISO 3166-1 alpha-2.';
COMMENT ON COLUMN "events"."lesson_started"."app_version" IS 'The release that emitted the event.';
COMMENT ON COLUMN "events"."lesson_started"."session_id" IS 'The client''s session, where it says.';
COMMENT ON COLUMN "events"."lesson_started"."request_id" IS 'Of the client, or else made up by the service.';
COMMENT ON COLUMN "events"."lesson_started"."course" IS 'The course''s name in the address of its page.';
COMMENT ON COLUMN "events"."lesson_started"."lesson" IS 'Counts from 1 within the course.';

CREATE OR REPLACE VIEW "events"."plan_purchased" AS
SELECT
  "id",
  "date",
  "type",
  "user_id",
  "locale",
  "country_code",
  "app_version",
  "session_id",
  "request_id",
  "plan",
  "price",
  "currency",
  "year",
  "month",
  "day",
  "hour"
FROM read_json(
  's3://school/lake/plan_purchased/year=*/month=*/day=*/hour=*/*.json*',
  format = 'newline_delimited',
  columns = {
    "id": 'VARCHAR',
    "date": 'TIMESTAMPTZ',
    "type": 'VARCHAR',
    "user_id": 'BIGINT',
    "locale": 'VARCHAR',
    "country_code": 'VARCHAR',
    "app_version": 'VARCHAR',
    "session_id": 'VARCHAR',
    "request_id": 'VARCHAR',
    "plan": 'VARCHAR',
    "price": 'BIGINT',
    "currency": 'VARCHAR'
  },
  hive_partitioning = true,
  hive_types = {'year': VARCHAR, 'month': VARCHAR, 'day': VARCHAR, 'hour': VARCHAR}
);
COMMENT ON VIEW "events"."plan_purchased" IS 'Fired when the payment is confirmed. Not fired for a renewal. Owner: payments@school.example.';
COMMENT ON COLUMN "events"."plan_purchased"."id" IS 'Unique: a UUID of version 7. Remove duplicates by it.';
COMMENT ON COLUMN "events"."plan_purchased"."date" IS 'When it happened, in UTC.';
COMMENT ON COLUMN "events"."plan_purchased"."type" IS 'The type of event.';
COMMENT ON COLUMN "events"."plan_purchased"."user_id" IS 'Who did it.';
COMMENT ON COLUMN "events"."plan_purchased"."locale" IS 'In which language: a BCP 47 tag.';
COMMENT ON COLUMN "events"."plan_purchased"."country_code" IS 'In which country: ISO 3166-1 alpha-2.';
COMMENT ON COLUMN "events"."plan_purchased"."app_version" IS 'The release that emitted the event.';
COMMENT ON COLUMN "events"."plan_purchased"."session_id" IS 'The client''s session, where it says.';
COMMENT ON COLUMN "events"."plan_purchased"."request_id" IS 'Of the client, or else made up by the service.';
COMMENT ON COLUMN "events"."plan_purchased"."plan" IS 'The plan''s name in the address of its page.';
COMMENT ON COLUMN "events"."plan_purchased"."price" IS 'In the smallest unit of the currency.';
COMMENT ON COLUMN "events"."plan_purchased"."currency" IS 'ISO 4217.';

CREATE OR REPLACE VIEW "events"."user_registration" AS
SELECT
  "id",
  "date",
  "type",
  "user_id",
  "locale",
  "country_code",
  "app_version",
  "session_id",
  "request_id",
  "provider",
  "referrer",
  "year",
  "month",
  "day",
  "hour"
FROM read_json(
  's3://school/lake/user_registration/year=*/month=*/day=*/hour=*/*.json*',
  format = 'newline_delimited',
  columns = {
    "id": 'VARCHAR',
    "date": 'TIMESTAMPTZ',
    "type": 'VARCHAR',
    "user_id": 'BIGINT',
    "locale": 'VARCHAR',
    "country_code": 'VARCHAR',
    "app_version": 'VARCHAR',
    "session_id": 'VARCHAR',
    "request_id": 'VARCHAR',
    "provider": 'VARCHAR',
    "referrer": 'VARCHAR'
  },
  hive_partitioning = true,
  hive_types = {'year': VARCHAR, 'month': VARCHAR, 'day': VARCHAR, 'hour': VARCHAR}
);
COMMENT ON VIEW "events"."user_registration" IS 'Fired when the account is stored. Not fired when a known student signs in again. Owner: growth@school.example.';
COMMENT ON COLUMN "events"."user_registration"."id" IS 'Unique: a UUID of version 7. Remove duplicates by it.';
COMMENT ON COLUMN "events"."user_registration"."date" IS 'When it happened, in UTC.';
COMMENT ON COLUMN "events"."user_registration"."type" IS 'The type of event.';
COMMENT ON COLUMN "events"."user_registration"."user_id" IS 'Who did it.';
COMMENT ON COLUMN "events"."user_registration"."locale" IS 'In which language: a BCP 47 tag.';
COMMENT ON COLUMN "events"."user_registration"."country_code" IS 'In which country: ISO 3166-1 alpha-2.';
COMMENT ON COLUMN "events"."user_registration"."app_version" IS 'The release that emitted the event.';
COMMENT ON COLUMN "events"."user_registration"."session_id" IS 'The client''s session, where it says.';
COMMENT ON COLUMN "events"."user_registration"."request_id" IS 'Of the client, or else made up by the service.';
COMMENT ON COLUMN "events"."user_registration"."provider" IS 'The OAuth provider that vouched for the user.';
COMMENT ON COLUMN "events"."user_registration"."referrer" IS 'The page that led to the sign-up, where the browser tells.';
