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

CREATE TABLE IF NOT EXISTS hive."events"."every_type" (
  "id" VARCHAR COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  "date" TIMESTAMP(3) COMMENT 'When it happened, in UTC.',
  "type" VARCHAR COMMENT 'The type of event.',
  "user_id" BIGINT COMMENT 'Who did it.',
  "locale" VARCHAR COMMENT 'In which language: a BCP 47 tag.',
  "country_code" VARCHAR COMMENT 'In which country: ISO 3166-1 alpha-2.',
  "session_id" VARCHAR COMMENT 'From the first request to the last.',
  "app_version" VARCHAR COMMENT 'The release of the client.',
  "group" VARCHAR COMMENT 'The arm of the experiment.',
  "flag" BOOLEAN COMMENT 'It''s a flag; "quoted", with a \ and a `tick`.',
  "i8" TINYINT,
  "i16" SMALLINT,
  "i32" INTEGER,
  "i64" BIGINT,
  "i128" VARCHAR,
  "u8" SMALLINT,
  "u16" INTEGER,
  "u32" BIGINT,
  "u64" DECIMAL(20, 0),
  "u128" VARCHAR,
  "f32" REAL,
  "f64" DOUBLE,
  "price" DECIMAL(12, 2) COMMENT 'In the currency of the order.',
  "rate" DECIMAL(38, 18),
  "huge" VARCHAR COMMENT 'More digits than any engine has.',
  "text" VARCHAR,
  "kind" VARCHAR COMMENT 'How big it is.',
  "at" TIMESTAMP(3),
  "on" DATE,
  "opens" VARCHAR,
  "local" TIMESTAMP(3),
  "key" VARCHAR,
  "extra" VARCHAR COMMENT 'Whatever the client sent: `{any: "thing"}`.',
  "tags" ARRAY(VARCHAR) COMMENT 'In the order of their choice.',
  "scores" ARRAY(INTEGER),
  "matrix" ARRAY(ARRAY(DOUBLE)),
  "counts" MAP(VARCHAR, BIGINT) COMMENT 'How often, by page.',
  "limits" MAP(VARCHAR, DECIMAL(10, 2)),
  "empty" VARCHAR,
  "year" VARCHAR WITH (partition_projection_type = 'INJECTED'),
  "month" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '12'], partition_projection_digits = 2),
  "day" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '31'], partition_projection_digits = 2),
  "hour" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['0', '23'], partition_projection_digits = 2)
)
COMMENT 'One field of each type that there is. Not emitted by anybody: it shows what becomes of each type. Owner: data platform. Since: 1.0.'
WITH (
  format = 'OPENX_JSON',
  external_location = 's3://bucket/lake/every_type/',
  partitioned_by = ARRAY['year', 'month', 'day', 'hour'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://bucket/lake/every_type/year=${year}/month=${month}/day=${day}/hour=${hour}/'
);

CREATE TABLE IF NOT EXISTS hive."events"."legacy_click" (
  "id" VARCHAR COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  "date" TIMESTAMP(3) COMMENT 'When it happened, in UTC.',
  "type" VARCHAR COMMENT 'The type of event.',
  "user_id" BIGINT COMMENT 'Who did it.',
  "locale" VARCHAR COMMENT 'In which language: a BCP 47 tag.',
  "country_code" VARCHAR COMMENT 'In which country: ISO 3166-1 alpha-2.',
  "session_id" VARCHAR COMMENT 'From the first request to the last.',
  "app_version" VARCHAR COMMENT 'The release of the client.',
  "group" VARCHAR COMMENT 'The arm of the experiment.',
  "x" INTEGER,
  "y" INTEGER,
  "target" VARCHAR COMMENT 'Deprecated with its event. Deprecated: Nobody sets it.',
  "year" VARCHAR WITH (partition_projection_type = 'INJECTED'),
  "month" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '12'], partition_projection_digits = 2),
  "day" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '31'], partition_projection_digits = 2),
  "hour" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['0', '23'], partition_projection_digits = 2)
)
COMMENT 'Deprecated: Use page_view, which tells the referrer, too.'
WITH (
  format = 'OPENX_JSON',
  external_location = 's3://bucket/lake/legacy_click/',
  partitioned_by = ARRAY['year', 'month', 'day', 'hour'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://bucket/lake/legacy_click/year=${year}/month=${month}/day=${day}/hour=${hour}/'
);

CREATE TABLE IF NOT EXISTS hive."events"."lesson_finished" (
  "id" VARCHAR COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  "date" TIMESTAMP(3) COMMENT 'When it happened, in UTC.',
  "type" VARCHAR COMMENT 'The type of event.',
  "user_id" BIGINT COMMENT 'Who did it.',
  "locale" VARCHAR COMMENT 'In which language: a BCP 47 tag.',
  "country_code" VARCHAR COMMENT 'In which country: ISO 3166-1 alpha-2.',
  "session_id" VARCHAR COMMENT 'From the first request to the last.',
  "app_version" VARCHAR COMMENT 'The release of the client.',
  "group" VARCHAR COMMENT 'The arm of the experiment.',
  "course" VARCHAR,
  "lesson" BIGINT COMMENT 'Counts from 1 within the course.',
  "points" INTEGER COMMENT 'In the test, from 0 to 100.',
  "camelcase" VARCHAR COMMENT 'In the lake all columns are in lower case.',
  "path" ROW("chapter" INTEGER, "section" INTEGER, "part" INTEGER),
  "score" INTEGER COMMENT 'Renamed to points.',
  "year" VARCHAR WITH (partition_projection_type = 'INJECTED'),
  "month" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '12'], partition_projection_digits = 2),
  "day" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '31'], partition_projection_digits = 2),
  "hour" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['0', '23'], partition_projection_digits = 2)
)
COMMENT 'Fired when a student passes the test at the end of a lesson. Owner: learning. Since: 1.2.'
WITH (
  format = 'OPENX_JSON',
  external_location = 's3://bucket/lake/lesson_finished/',
  partitioned_by = ARRAY['year', 'month', 'day', 'hour'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://bucket/lake/lesson_finished/year=${year}/month=${month}/day=${day}/hour=${hour}/'
);

CREATE TABLE IF NOT EXISTS hive."events"."lesson_cleared" (
  "id" VARCHAR COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  "date" TIMESTAMP(3) COMMENT 'When it happened, in UTC.',
  "type" VARCHAR COMMENT 'The type of event.',
  "user_id" BIGINT COMMENT 'Who did it.',
  "locale" VARCHAR COMMENT 'In which language: a BCP 47 tag.',
  "country_code" VARCHAR COMMENT 'In which country: ISO 3166-1 alpha-2.',
  "session_id" VARCHAR COMMENT 'From the first request to the last.',
  "app_version" VARCHAR COMMENT 'The release of the client.',
  "group" VARCHAR COMMENT 'The arm of the experiment.',
  "course" VARCHAR,
  "lesson" BIGINT COMMENT 'Counts from 1 within the course.',
  "points" INTEGER COMMENT 'In the test, from 0 to 100.',
  "camelcase" VARCHAR COMMENT 'In the lake all columns are in lower case.',
  "path" ROW("chapter" INTEGER, "section" INTEGER, "part" INTEGER),
  "score" INTEGER COMMENT 'Renamed to points.',
  "year" VARCHAR WITH (partition_projection_type = 'INJECTED'),
  "month" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '12'], partition_projection_digits = 2),
  "day" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '31'], partition_projection_digits = 2),
  "hour" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['0', '23'], partition_projection_digits = 2)
)
COMMENT 'Renamed to lesson_finished.'
WITH (
  format = 'OPENX_JSON',
  external_location = 's3://bucket/lake/lesson_cleared/',
  partitioned_by = ARRAY['year', 'month', 'day', 'hour'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://bucket/lake/lesson_cleared/year=${year}/month=${month}/day=${day}/hour=${hour}/'
);

CREATE TABLE IF NOT EXISTS hive."events"."order" (
  "id" VARCHAR COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  "date" TIMESTAMP(3) COMMENT 'When it happened, in UTC.',
  "type" VARCHAR COMMENT 'The type of event.',
  "user_id" BIGINT COMMENT 'Who did it.',
  "locale" VARCHAR COMMENT 'In which language: a BCP 47 tag.',
  "country_code" VARCHAR COMMENT 'In which country: ISO 3166-1 alpha-2.',
  "session_id" VARCHAR COMMENT 'From the first request to the last.',
  "app_version" VARCHAR COMMENT 'The release of the client.',
  "group" VARCHAR COMMENT 'The arm of the experiment.',
  "order" DECIMAL(20, 0) COMMENT 'The number on the receipt.',
  "params_group" VARCHAR,
  "end" TIMESTAMP(3),
  "user" ROW("name" VARCHAR, "email" VARCHAR, "select" BOOLEAN) COMMENT 'Who gets it.',
  "items" ARRAY(ROW("sku" VARCHAR, "amount" INTEGER, "unitprice" DECIMAL(12, 2), "from" VARCHAR, "options" MAP(VARCHAR, VARCHAR))) COMMENT 'What is in the basket, from top to bottom.',
  "values" ARRAY(ROW("timestamp" TIMESTAMP(3), "value" DOUBLE)),
  "year" VARCHAR WITH (partition_projection_type = 'INJECTED'),
  "month" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '12'], partition_projection_digits = 2),
  "day" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '31'], partition_projection_digits = 2),
  "hour" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['0', '23'], partition_projection_digits = 2)
)
COMMENT 'Fired when the order is paid. A type whose name is a reserved word, and so are its fields. Owner: shop <shop@example.com>. Since: 2026-01-15.'
WITH (
  format = 'OPENX_JSON',
  external_location = 's3://bucket/lake/order/',
  partitioned_by = ARRAY['year', 'month', 'day', 'hour'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://bucket/lake/order/year=${year}/month=${month}/day=${day}/hour=${hour}/'
);

CREATE TABLE IF NOT EXISTS hive."events"."sign_out" (
  "id" VARCHAR COMMENT 'Unique: a UUID of version 7. Remove duplicates by it.',
  "date" TIMESTAMP(3) COMMENT 'When it happened, in UTC.',
  "type" VARCHAR COMMENT 'The type of event.',
  "user_id" BIGINT COMMENT 'Who did it.',
  "locale" VARCHAR COMMENT 'In which language: a BCP 47 tag.',
  "country_code" VARCHAR COMMENT 'In which country: ISO 3166-1 alpha-2.',
  "session_id" VARCHAR COMMENT 'From the first request to the last.',
  "app_version" VARCHAR COMMENT 'The release of the client.',
  "group" VARCHAR COMMENT 'The arm of the experiment.',
  "year" VARCHAR WITH (partition_projection_type = 'INJECTED'),
  "month" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '12'], partition_projection_digits = 2),
  "day" VARCHAR WITH (partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['1', '31'], partition_projection_digits = 2)
)
COMMENT 'Fired when a user signs out. Has no fields. Owner: accounts.'
WITH (
  format = 'OPENX_JSON',
  external_location = 's3://bucket/lake/sign_out/',
  partitioned_by = ARRAY['year', 'month', 'day'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://bucket/lake/sign_out/year=${year}/month=${month}/day=${day}/'
);
