-- Trino, by event-log.
--
-- Partition column: dt, a text that is the directory: 'year=2021/month=09/day=16/hour=00'.
-- It sorts by time, so a range is two comparisons, and Athena looks up to NOW; but Athena cannot refuse
-- a query without it. The other shape, year, month, day and hour, can, and needs OR for ranges.
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
  "dt" VARCHAR WITH (partition_projection_type = 'DATE', partition_projection_format = '''year=''yyyy''/month=''MM''/day=''dd''/hour=''HH', partition_projection_range = ARRAY['year=2020/month=01/day=01/hour=00', 'NOW'], partition_projection_interval = 1, partition_projection_interval_unit = 'HOURS')
)
COMMENT 'One field of each type that there is. Not emitted by anybody: it shows what becomes of each type. Owner: data platform. Since: 1.0.'
WITH (
  format = 'PARQUET',
  external_location = 's3://bucket/lake/every_type/',
  partitioned_by = ARRAY['dt'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://bucket/lake/every_type/${dt}/'
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
  "dt" VARCHAR WITH (partition_projection_type = 'DATE', partition_projection_format = '''year=''yyyy''/month=''MM''/day=''dd''/hour=''HH', partition_projection_range = ARRAY['year=2020/month=01/day=01/hour=00', 'NOW'], partition_projection_interval = 1, partition_projection_interval_unit = 'HOURS')
)
COMMENT 'Deprecated: Use page_view, which tells the referrer, too.'
WITH (
  format = 'PARQUET',
  external_location = 's3://bucket/lake/legacy_click/',
  partitioned_by = ARRAY['dt'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://bucket/lake/legacy_click/${dt}/'
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
  "dt" VARCHAR WITH (partition_projection_type = 'DATE', partition_projection_format = '''year=''yyyy''/month=''MM''/day=''dd''/hour=''HH', partition_projection_range = ARRAY['year=2020/month=01/day=01/hour=00', 'NOW'], partition_projection_interval = 1, partition_projection_interval_unit = 'HOURS')
)
COMMENT 'Fired when a student passes the test at the end of a lesson. Owner: learning. Since: 1.2.'
WITH (
  format = 'PARQUET',
  external_location = 's3://bucket/lake/lesson_finished/',
  partitioned_by = ARRAY['dt'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://bucket/lake/lesson_finished/${dt}/'
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
  "dt" VARCHAR WITH (partition_projection_type = 'DATE', partition_projection_format = '''year=''yyyy''/month=''MM''/day=''dd''/hour=''HH', partition_projection_range = ARRAY['year=2020/month=01/day=01/hour=00', 'NOW'], partition_projection_interval = 1, partition_projection_interval_unit = 'HOURS')
)
COMMENT 'Renamed to lesson_finished.'
WITH (
  format = 'PARQUET',
  external_location = 's3://bucket/lake/lesson_cleared/',
  partitioned_by = ARRAY['dt'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://bucket/lake/lesson_cleared/${dt}/'
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
  "dt" VARCHAR WITH (partition_projection_type = 'DATE', partition_projection_format = '''year=''yyyy''/month=''MM''/day=''dd''/hour=''HH', partition_projection_range = ARRAY['year=2020/month=01/day=01/hour=00', 'NOW'], partition_projection_interval = 1, partition_projection_interval_unit = 'HOURS')
)
COMMENT 'Fired when the order is paid. A type whose name is a reserved word, and so are its fields. Owner: shop <shop@example.com>. Since: 2026-01-15.'
WITH (
  format = 'PARQUET',
  external_location = 's3://bucket/lake/order/',
  partitioned_by = ARRAY['dt'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://bucket/lake/order/${dt}/'
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
  "dt" VARCHAR WITH (partition_projection_type = 'DATE', partition_projection_format = '''year=''yyyy''/month=''MM''/day=''dd', partition_projection_range = ARRAY['year=2020/month=01/day=01', 'NOW'], partition_projection_interval = 1, partition_projection_interval_unit = 'DAYS')
)
COMMENT 'Fired when a user signs out. Has no fields. Owner: accounts.'
WITH (
  format = 'PARQUET',
  external_location = 's3://bucket/lake/sign_out/',
  partitioned_by = ARRAY['dt'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://bucket/lake/sign_out/${dt}/'
);
