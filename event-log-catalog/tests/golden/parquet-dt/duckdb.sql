-- DuckDB, by event-log.
--
-- Partition column: dt, a text that is the directory: 'year=2021/month=09/day=16/hour=00'.
-- It sorts by time, so a range is two comparisons, and Athena looks up to NOW; but Athena cannot refuse
-- a query without it. The other shape, year, month, day and hour, can, and needs OR for ranges.
--
-- A view needs one file of its type at least when it is made: make it again once there is one.
-- DuckDB has no guard against queries without a filter on the partition.

CREATE SCHEMA IF NOT EXISTS "events";

CREATE OR REPLACE VIEW "events"."every_type" AS
SELECT
  CAST("id" AS VARCHAR) AS "id",
  CAST("date" AS TIMESTAMPTZ) AS "date",
  CAST("type" AS VARCHAR) AS "type",
  CAST("user_id" AS BIGINT) AS "user_id",
  CAST("locale" AS VARCHAR) AS "locale",
  CAST("country_code" AS VARCHAR) AS "country_code",
  CAST("session_id" AS VARCHAR) AS "session_id",
  CAST("app_version" AS VARCHAR) AS "app_version",
  CAST("group" AS VARCHAR) AS "group",
  CAST("flag" AS BOOLEAN) AS "flag",
  CAST("i8" AS TINYINT) AS "i8",
  CAST("i16" AS SMALLINT) AS "i16",
  CAST("i32" AS INTEGER) AS "i32",
  CAST("i64" AS BIGINT) AS "i64",
  CAST("i128" AS VARCHAR) AS "i128",
  CAST("u8" AS SMALLINT) AS "u8",
  CAST("u16" AS INTEGER) AS "u16",
  CAST("u32" AS BIGINT) AS "u32",
  CAST("u64" AS DECIMAL(20, 0)) AS "u64",
  CAST("u128" AS VARCHAR) AS "u128",
  CAST("f32" AS REAL) AS "f32",
  CAST("f64" AS DOUBLE) AS "f64",
  CAST("price" AS DECIMAL(12, 2)) AS "price",
  CAST("rate" AS DECIMAL(38, 18)) AS "rate",
  CAST("huge" AS VARCHAR) AS "huge",
  CAST("text" AS VARCHAR) AS "text",
  CAST("kind" AS VARCHAR) AS "kind",
  CAST("at" AS TIMESTAMPTZ) AS "at",
  CAST("on" AS DATE) AS "on",
  CAST("opens" AS VARCHAR) AS "opens",
  CAST("local" AS TIMESTAMP) AS "local",
  CAST("key" AS VARCHAR) AS "key",
  CAST("extra" AS JSON) AS "extra",
  CAST("tags" AS VARCHAR[]) AS "tags",
  CAST("scores" AS INTEGER[]) AS "scores",
  CAST("matrix" AS DOUBLE[][]) AS "matrix",
  CAST("counts" AS MAP(VARCHAR, BIGINT)) AS "counts",
  CAST("limits" AS MAP(VARCHAR, DECIMAL(10, 2))) AS "limits",
  CAST("empty" AS JSON) AS "empty",
  'year=' || "year" || '/' || 'month=' || "month" || '/' || 'day=' || "day" || '/' || 'hour=' || "hour" AS "dt"
FROM (
  SELECT
    CAST(NULL AS VARCHAR) AS "id",
    CAST(NULL AS TIMESTAMPTZ) AS "date",
    CAST(NULL AS VARCHAR) AS "type",
    CAST(NULL AS BIGINT) AS "user_id",
    CAST(NULL AS VARCHAR) AS "locale",
    CAST(NULL AS VARCHAR) AS "country_code",
    CAST(NULL AS VARCHAR) AS "session_id",
    CAST(NULL AS VARCHAR) AS "app_version",
    CAST(NULL AS VARCHAR) AS "group",
    CAST(NULL AS BOOLEAN) AS "flag",
    CAST(NULL AS TINYINT) AS "i8",
    CAST(NULL AS SMALLINT) AS "i16",
    CAST(NULL AS INTEGER) AS "i32",
    CAST(NULL AS BIGINT) AS "i64",
    CAST(NULL AS VARCHAR) AS "i128",
    CAST(NULL AS SMALLINT) AS "u8",
    CAST(NULL AS INTEGER) AS "u16",
    CAST(NULL AS BIGINT) AS "u32",
    CAST(NULL AS DECIMAL(20, 0)) AS "u64",
    CAST(NULL AS VARCHAR) AS "u128",
    CAST(NULL AS REAL) AS "f32",
    CAST(NULL AS DOUBLE) AS "f64",
    CAST(NULL AS DECIMAL(12, 2)) AS "price",
    CAST(NULL AS DECIMAL(38, 18)) AS "rate",
    CAST(NULL AS VARCHAR) AS "huge",
    CAST(NULL AS VARCHAR) AS "text",
    CAST(NULL AS VARCHAR) AS "kind",
    CAST(NULL AS TIMESTAMPTZ) AS "at",
    CAST(NULL AS DATE) AS "on",
    CAST(NULL AS VARCHAR) AS "opens",
    CAST(NULL AS TIMESTAMP) AS "local",
    CAST(NULL AS VARCHAR) AS "key",
    CAST(NULL AS VARCHAR) AS "extra",
    CAST(NULL AS VARCHAR[]) AS "tags",
    CAST(NULL AS INTEGER[]) AS "scores",
    CAST(NULL AS DOUBLE[][]) AS "matrix",
    CAST(NULL AS MAP(VARCHAR, BIGINT)) AS "counts",
    CAST(NULL AS MAP(VARCHAR, DECIMAL(10, 2))) AS "limits",
    CAST(NULL AS VARCHAR) AS "empty"
  WHERE false
  UNION ALL BY NAME
  SELECT * FROM read_parquet(
    's3://bucket/lake/every_type/year=*/month=*/day=*/hour=*/*.parquet',
    union_by_name = true,
    hive_partitioning = true,
    hive_types = {'year': VARCHAR, 'month': VARCHAR, 'day': VARCHAR, 'hour': VARCHAR}
  )
);
COMMENT ON VIEW "events"."every_type" IS 'One field of each type that there is. Not emitted by anybody: it shows what becomes of each type. Owner: data platform. Since: 1.0.';
COMMENT ON COLUMN "events"."every_type"."id" IS 'Unique: a UUID of version 7. Remove duplicates by it.';
COMMENT ON COLUMN "events"."every_type"."date" IS 'When it happened, in UTC.';
COMMENT ON COLUMN "events"."every_type"."type" IS 'The type of event.';
COMMENT ON COLUMN "events"."every_type"."user_id" IS 'Who did it.';
COMMENT ON COLUMN "events"."every_type"."locale" IS 'In which language: a BCP 47 tag.';
COMMENT ON COLUMN "events"."every_type"."country_code" IS 'In which country: ISO 3166-1 alpha-2.';
COMMENT ON COLUMN "events"."every_type"."session_id" IS 'From the first request to the last.';
COMMENT ON COLUMN "events"."every_type"."app_version" IS 'The release of the client.';
COMMENT ON COLUMN "events"."every_type"."group" IS 'The arm of the experiment.';
COMMENT ON COLUMN "events"."every_type"."flag" IS 'It''s a flag; "quoted", with a \ and a `tick`.';
COMMENT ON COLUMN "events"."every_type"."price" IS 'In the currency of the order.';
COMMENT ON COLUMN "events"."every_type"."huge" IS 'More digits than any engine has.';
COMMENT ON COLUMN "events"."every_type"."kind" IS 'How big it is.';
COMMENT ON COLUMN "events"."every_type"."extra" IS 'Whatever the client sent: `{any: "thing"}`.';
COMMENT ON COLUMN "events"."every_type"."tags" IS 'In the order of their choice.';
COMMENT ON COLUMN "events"."every_type"."counts" IS 'How often, by page.';

CREATE OR REPLACE VIEW "events"."legacy_click" AS
SELECT
  CAST("id" AS VARCHAR) AS "id",
  CAST("date" AS TIMESTAMPTZ) AS "date",
  CAST("type" AS VARCHAR) AS "type",
  CAST("user_id" AS BIGINT) AS "user_id",
  CAST("locale" AS VARCHAR) AS "locale",
  CAST("country_code" AS VARCHAR) AS "country_code",
  CAST("session_id" AS VARCHAR) AS "session_id",
  CAST("app_version" AS VARCHAR) AS "app_version",
  CAST("group" AS VARCHAR) AS "group",
  CAST("x" AS INTEGER) AS "x",
  CAST("y" AS INTEGER) AS "y",
  CAST("target" AS VARCHAR) AS "target",
  'year=' || "year" || '/' || 'month=' || "month" || '/' || 'day=' || "day" || '/' || 'hour=' || "hour" AS "dt"
FROM (
  SELECT
    CAST(NULL AS VARCHAR) AS "id",
    CAST(NULL AS TIMESTAMPTZ) AS "date",
    CAST(NULL AS VARCHAR) AS "type",
    CAST(NULL AS BIGINT) AS "user_id",
    CAST(NULL AS VARCHAR) AS "locale",
    CAST(NULL AS VARCHAR) AS "country_code",
    CAST(NULL AS VARCHAR) AS "session_id",
    CAST(NULL AS VARCHAR) AS "app_version",
    CAST(NULL AS VARCHAR) AS "group",
    CAST(NULL AS INTEGER) AS "x",
    CAST(NULL AS INTEGER) AS "y",
    CAST(NULL AS VARCHAR) AS "target"
  WHERE false
  UNION ALL BY NAME
  SELECT * FROM read_parquet(
    's3://bucket/lake/legacy_click/year=*/month=*/day=*/hour=*/*.parquet',
    union_by_name = true,
    hive_partitioning = true,
    hive_types = {'year': VARCHAR, 'month': VARCHAR, 'day': VARCHAR, 'hour': VARCHAR}
  )
);
COMMENT ON VIEW "events"."legacy_click" IS 'Deprecated: Use page_view, which tells the referrer, too.';
COMMENT ON COLUMN "events"."legacy_click"."id" IS 'Unique: a UUID of version 7. Remove duplicates by it.';
COMMENT ON COLUMN "events"."legacy_click"."date" IS 'When it happened, in UTC.';
COMMENT ON COLUMN "events"."legacy_click"."type" IS 'The type of event.';
COMMENT ON COLUMN "events"."legacy_click"."user_id" IS 'Who did it.';
COMMENT ON COLUMN "events"."legacy_click"."locale" IS 'In which language: a BCP 47 tag.';
COMMENT ON COLUMN "events"."legacy_click"."country_code" IS 'In which country: ISO 3166-1 alpha-2.';
COMMENT ON COLUMN "events"."legacy_click"."session_id" IS 'From the first request to the last.';
COMMENT ON COLUMN "events"."legacy_click"."app_version" IS 'The release of the client.';
COMMENT ON COLUMN "events"."legacy_click"."group" IS 'The arm of the experiment.';
COMMENT ON COLUMN "events"."legacy_click"."target" IS 'Deprecated with its event. Deprecated: Nobody sets it.';

CREATE OR REPLACE VIEW "events"."lesson_finished" AS
SELECT
  CAST("id" AS VARCHAR) AS "id",
  CAST("date" AS TIMESTAMPTZ) AS "date",
  CAST("type" AS VARCHAR) AS "type",
  CAST("user_id" AS BIGINT) AS "user_id",
  CAST("locale" AS VARCHAR) AS "locale",
  CAST("country_code" AS VARCHAR) AS "country_code",
  CAST("session_id" AS VARCHAR) AS "session_id",
  CAST("app_version" AS VARCHAR) AS "app_version",
  CAST("group" AS VARCHAR) AS "group",
  CAST("course" AS VARCHAR) AS "course",
  CAST("lesson" AS BIGINT) AS "lesson",
  CAST("points" AS INTEGER) AS "points",
  CAST("camelcase" AS VARCHAR) AS "camelcase",
  CAST("path" AS STRUCT("chapter" INTEGER, "section" INTEGER, "part" INTEGER)) AS "path",
  CAST("score" AS INTEGER) AS "score",
  'year=' || "year" || '/' || 'month=' || "month" || '/' || 'day=' || "day" || '/' || 'hour=' || "hour" AS "dt"
FROM (
  SELECT
    CAST(NULL AS VARCHAR) AS "id",
    CAST(NULL AS TIMESTAMPTZ) AS "date",
    CAST(NULL AS VARCHAR) AS "type",
    CAST(NULL AS BIGINT) AS "user_id",
    CAST(NULL AS VARCHAR) AS "locale",
    CAST(NULL AS VARCHAR) AS "country_code",
    CAST(NULL AS VARCHAR) AS "session_id",
    CAST(NULL AS VARCHAR) AS "app_version",
    CAST(NULL AS VARCHAR) AS "group",
    CAST(NULL AS VARCHAR) AS "course",
    CAST(NULL AS BIGINT) AS "lesson",
    CAST(NULL AS INTEGER) AS "points",
    CAST(NULL AS VARCHAR) AS "camelcase",
    CAST(NULL AS STRUCT("chapter" INTEGER, "section" INTEGER, "part" INTEGER)) AS "path",
    CAST(NULL AS INTEGER) AS "score"
  WHERE false
  UNION ALL BY NAME
  SELECT * FROM read_parquet(
    's3://bucket/lake/lesson_finished/year=*/month=*/day=*/hour=*/*.parquet',
    union_by_name = true,
    hive_partitioning = true,
    hive_types = {'year': VARCHAR, 'month': VARCHAR, 'day': VARCHAR, 'hour': VARCHAR}
  )
);
COMMENT ON VIEW "events"."lesson_finished" IS 'Fired when a student passes the test at the end of a lesson. Owner: learning. Since: 1.2.';
COMMENT ON COLUMN "events"."lesson_finished"."id" IS 'Unique: a UUID of version 7. Remove duplicates by it.';
COMMENT ON COLUMN "events"."lesson_finished"."date" IS 'When it happened, in UTC.';
COMMENT ON COLUMN "events"."lesson_finished"."type" IS 'The type of event.';
COMMENT ON COLUMN "events"."lesson_finished"."user_id" IS 'Who did it.';
COMMENT ON COLUMN "events"."lesson_finished"."locale" IS 'In which language: a BCP 47 tag.';
COMMENT ON COLUMN "events"."lesson_finished"."country_code" IS 'In which country: ISO 3166-1 alpha-2.';
COMMENT ON COLUMN "events"."lesson_finished"."session_id" IS 'From the first request to the last.';
COMMENT ON COLUMN "events"."lesson_finished"."app_version" IS 'The release of the client.';
COMMENT ON COLUMN "events"."lesson_finished"."group" IS 'The arm of the experiment.';
COMMENT ON COLUMN "events"."lesson_finished"."lesson" IS 'Counts from 1 within the course.';
COMMENT ON COLUMN "events"."lesson_finished"."points" IS 'In the test, from 0 to 100.';
COMMENT ON COLUMN "events"."lesson_finished"."camelcase" IS 'In the lake all columns are in lower case.';
COMMENT ON COLUMN "events"."lesson_finished"."score" IS 'Renamed to points.';

CREATE OR REPLACE VIEW "events"."lesson_cleared" AS
SELECT
  CAST("id" AS VARCHAR) AS "id",
  CAST("date" AS TIMESTAMPTZ) AS "date",
  CAST("type" AS VARCHAR) AS "type",
  CAST("user_id" AS BIGINT) AS "user_id",
  CAST("locale" AS VARCHAR) AS "locale",
  CAST("country_code" AS VARCHAR) AS "country_code",
  CAST("session_id" AS VARCHAR) AS "session_id",
  CAST("app_version" AS VARCHAR) AS "app_version",
  CAST("group" AS VARCHAR) AS "group",
  CAST("course" AS VARCHAR) AS "course",
  CAST("lesson" AS BIGINT) AS "lesson",
  CAST("points" AS INTEGER) AS "points",
  CAST("camelcase" AS VARCHAR) AS "camelcase",
  CAST("path" AS STRUCT("chapter" INTEGER, "section" INTEGER, "part" INTEGER)) AS "path",
  CAST("score" AS INTEGER) AS "score",
  'year=' || "year" || '/' || 'month=' || "month" || '/' || 'day=' || "day" || '/' || 'hour=' || "hour" AS "dt"
FROM (
  SELECT
    CAST(NULL AS VARCHAR) AS "id",
    CAST(NULL AS TIMESTAMPTZ) AS "date",
    CAST(NULL AS VARCHAR) AS "type",
    CAST(NULL AS BIGINT) AS "user_id",
    CAST(NULL AS VARCHAR) AS "locale",
    CAST(NULL AS VARCHAR) AS "country_code",
    CAST(NULL AS VARCHAR) AS "session_id",
    CAST(NULL AS VARCHAR) AS "app_version",
    CAST(NULL AS VARCHAR) AS "group",
    CAST(NULL AS VARCHAR) AS "course",
    CAST(NULL AS BIGINT) AS "lesson",
    CAST(NULL AS INTEGER) AS "points",
    CAST(NULL AS VARCHAR) AS "camelcase",
    CAST(NULL AS STRUCT("chapter" INTEGER, "section" INTEGER, "part" INTEGER)) AS "path",
    CAST(NULL AS INTEGER) AS "score"
  WHERE false
  UNION ALL BY NAME
  SELECT * FROM read_parquet(
    's3://bucket/lake/lesson_cleared/year=*/month=*/day=*/hour=*/*.parquet',
    union_by_name = true,
    hive_partitioning = true,
    hive_types = {'year': VARCHAR, 'month': VARCHAR, 'day': VARCHAR, 'hour': VARCHAR}
  )
);
COMMENT ON VIEW "events"."lesson_cleared" IS 'Renamed to lesson_finished.';
COMMENT ON COLUMN "events"."lesson_cleared"."id" IS 'Unique: a UUID of version 7. Remove duplicates by it.';
COMMENT ON COLUMN "events"."lesson_cleared"."date" IS 'When it happened, in UTC.';
COMMENT ON COLUMN "events"."lesson_cleared"."type" IS 'The type of event.';
COMMENT ON COLUMN "events"."lesson_cleared"."user_id" IS 'Who did it.';
COMMENT ON COLUMN "events"."lesson_cleared"."locale" IS 'In which language: a BCP 47 tag.';
COMMENT ON COLUMN "events"."lesson_cleared"."country_code" IS 'In which country: ISO 3166-1 alpha-2.';
COMMENT ON COLUMN "events"."lesson_cleared"."session_id" IS 'From the first request to the last.';
COMMENT ON COLUMN "events"."lesson_cleared"."app_version" IS 'The release of the client.';
COMMENT ON COLUMN "events"."lesson_cleared"."group" IS 'The arm of the experiment.';
COMMENT ON COLUMN "events"."lesson_cleared"."lesson" IS 'Counts from 1 within the course.';
COMMENT ON COLUMN "events"."lesson_cleared"."points" IS 'In the test, from 0 to 100.';
COMMENT ON COLUMN "events"."lesson_cleared"."camelcase" IS 'In the lake all columns are in lower case.';
COMMENT ON COLUMN "events"."lesson_cleared"."score" IS 'Renamed to points.';

CREATE OR REPLACE VIEW "events"."order" AS
SELECT
  CAST("id" AS VARCHAR) AS "id",
  CAST("date" AS TIMESTAMPTZ) AS "date",
  CAST("type" AS VARCHAR) AS "type",
  CAST("user_id" AS BIGINT) AS "user_id",
  CAST("locale" AS VARCHAR) AS "locale",
  CAST("country_code" AS VARCHAR) AS "country_code",
  CAST("session_id" AS VARCHAR) AS "session_id",
  CAST("app_version" AS VARCHAR) AS "app_version",
  CAST("group" AS VARCHAR) AS "group",
  CAST("order" AS DECIMAL(20, 0)) AS "order",
  CAST("params_group" AS VARCHAR) AS "params_group",
  CAST("end" AS TIMESTAMPTZ) AS "end",
  CAST("user" AS STRUCT("name" VARCHAR, "email" VARCHAR, "select" BOOLEAN)) AS "user",
  CAST("items" AS STRUCT("sku" VARCHAR, "amount" INTEGER, "unitPrice" DECIMAL(12, 2), "from" VARCHAR, "options" MAP(VARCHAR, VARCHAR))[]) AS "items",
  CAST("values" AS STRUCT("timestamp" TIMESTAMPTZ, "value" DOUBLE)[]) AS "values",
  'year=' || "year" || '/' || 'month=' || "month" || '/' || 'day=' || "day" || '/' || 'hour=' || "hour" AS "dt"
FROM (
  SELECT
    CAST(NULL AS VARCHAR) AS "id",
    CAST(NULL AS TIMESTAMPTZ) AS "date",
    CAST(NULL AS VARCHAR) AS "type",
    CAST(NULL AS BIGINT) AS "user_id",
    CAST(NULL AS VARCHAR) AS "locale",
    CAST(NULL AS VARCHAR) AS "country_code",
    CAST(NULL AS VARCHAR) AS "session_id",
    CAST(NULL AS VARCHAR) AS "app_version",
    CAST(NULL AS VARCHAR) AS "group",
    CAST(NULL AS DECIMAL(20, 0)) AS "order",
    CAST(NULL AS VARCHAR) AS "params_group",
    CAST(NULL AS TIMESTAMPTZ) AS "end",
    CAST(NULL AS STRUCT("name" VARCHAR, "email" VARCHAR, "select" BOOLEAN)) AS "user",
    CAST(NULL AS STRUCT("sku" VARCHAR, "amount" INTEGER, "unitPrice" DECIMAL(12, 2), "from" VARCHAR, "options" MAP(VARCHAR, VARCHAR))[]) AS "items",
    CAST(NULL AS STRUCT("timestamp" TIMESTAMPTZ, "value" DOUBLE)[]) AS "values"
  WHERE false
  UNION ALL BY NAME
  SELECT * FROM read_parquet(
    's3://bucket/lake/order/year=*/month=*/day=*/hour=*/*.parquet',
    union_by_name = true,
    hive_partitioning = true,
    hive_types = {'year': VARCHAR, 'month': VARCHAR, 'day': VARCHAR, 'hour': VARCHAR}
  )
);
COMMENT ON VIEW "events"."order" IS 'Fired when the order is paid. A type whose name is a reserved word, and so are its fields. Owner: shop <shop@example.com>. Since: 2026-01-15.';
COMMENT ON COLUMN "events"."order"."id" IS 'Unique: a UUID of version 7. Remove duplicates by it.';
COMMENT ON COLUMN "events"."order"."date" IS 'When it happened, in UTC.';
COMMENT ON COLUMN "events"."order"."type" IS 'The type of event.';
COMMENT ON COLUMN "events"."order"."user_id" IS 'Who did it.';
COMMENT ON COLUMN "events"."order"."locale" IS 'In which language: a BCP 47 tag.';
COMMENT ON COLUMN "events"."order"."country_code" IS 'In which country: ISO 3166-1 alpha-2.';
COMMENT ON COLUMN "events"."order"."session_id" IS 'From the first request to the last.';
COMMENT ON COLUMN "events"."order"."app_version" IS 'The release of the client.';
COMMENT ON COLUMN "events"."order"."group" IS 'The arm of the experiment.';
COMMENT ON COLUMN "events"."order"."order" IS 'The number on the receipt.';
COMMENT ON COLUMN "events"."order"."user" IS 'Who gets it.';
COMMENT ON COLUMN "events"."order"."items" IS 'What is in the basket, from top to bottom.';

CREATE OR REPLACE VIEW "events"."sign_out" AS
SELECT
  CAST("id" AS VARCHAR) AS "id",
  CAST("date" AS TIMESTAMPTZ) AS "date",
  CAST("type" AS VARCHAR) AS "type",
  CAST("user_id" AS BIGINT) AS "user_id",
  CAST("locale" AS VARCHAR) AS "locale",
  CAST("country_code" AS VARCHAR) AS "country_code",
  CAST("session_id" AS VARCHAR) AS "session_id",
  CAST("app_version" AS VARCHAR) AS "app_version",
  CAST("group" AS VARCHAR) AS "group",
  'year=' || "year" || '/' || 'month=' || "month" || '/' || 'day=' || "day" AS "dt"
FROM (
  SELECT
    CAST(NULL AS VARCHAR) AS "id",
    CAST(NULL AS TIMESTAMPTZ) AS "date",
    CAST(NULL AS VARCHAR) AS "type",
    CAST(NULL AS BIGINT) AS "user_id",
    CAST(NULL AS VARCHAR) AS "locale",
    CAST(NULL AS VARCHAR) AS "country_code",
    CAST(NULL AS VARCHAR) AS "session_id",
    CAST(NULL AS VARCHAR) AS "app_version",
    CAST(NULL AS VARCHAR) AS "group"
  WHERE false
  UNION ALL BY NAME
  SELECT * FROM read_parquet(
    's3://bucket/lake/sign_out/year=*/month=*/day=*/*.parquet',
    union_by_name = true,
    hive_partitioning = true,
    hive_types = {'year': VARCHAR, 'month': VARCHAR, 'day': VARCHAR}
  )
);
COMMENT ON VIEW "events"."sign_out" IS 'Fired when a user signs out. Has no fields. Owner: accounts.';
COMMENT ON COLUMN "events"."sign_out"."id" IS 'Unique: a UUID of version 7. Remove duplicates by it.';
COMMENT ON COLUMN "events"."sign_out"."date" IS 'When it happened, in UTC.';
COMMENT ON COLUMN "events"."sign_out"."type" IS 'The type of event.';
COMMENT ON COLUMN "events"."sign_out"."user_id" IS 'Who did it.';
COMMENT ON COLUMN "events"."sign_out"."locale" IS 'In which language: a BCP 47 tag.';
COMMENT ON COLUMN "events"."sign_out"."country_code" IS 'In which country: ISO 3166-1 alpha-2.';
COMMENT ON COLUMN "events"."sign_out"."session_id" IS 'From the first request to the last.';
COMMENT ON COLUMN "events"."sign_out"."app_version" IS 'The release of the client.';
COMMENT ON COLUMN "events"."sign_out"."group" IS 'The arm of the experiment.';
