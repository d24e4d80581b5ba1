-- DuckDB, by event-log.
--
-- Partition columns: year, month, day, hour; texts with leading zeros, as in month = '09'.
-- Every engine knows this shape, and Athena can refuse a query without a year; but a range over
-- the end of a month takes an OR. The other shape, one column dt, has ranges and NOW, no such guard.
--
-- A view needs one file of its type at least when it is made: make it again once there is one.
-- DuckDB has no guard against queries without a filter on the partition.

CREATE SCHEMA IF NOT EXISTS "events";

CREATE OR REPLACE VIEW "events"."every_type" AS
SELECT
  "id",
  "date",
  "type",
  "user_id",
  "locale",
  "country_code",
  "session_id",
  "app_version",
  "group",
  "flag",
  "i8",
  "i16",
  "i32",
  "i64",
  "i128",
  "u8",
  "u16",
  "u32",
  "u64",
  "u128",
  "f32",
  "f64",
  "price",
  "rate",
  "huge",
  "text",
  "kind",
  "at",
  "on",
  "opens",
  "local",
  "key",
  "extra",
  "tags",
  "scores",
  "matrix",
  "counts",
  "limits",
  "empty",
  "year",
  "month",
  "day",
  "hour"
FROM read_json(
  's3://bucket/lake/every_type/year=*/month=*/day=*/hour=*/*.json*',
  format = 'newline_delimited',
  columns = {
    "id": 'VARCHAR',
    "date": 'TIMESTAMPTZ',
    "type": 'VARCHAR',
    "user_id": 'BIGINT',
    "locale": 'VARCHAR',
    "country_code": 'VARCHAR',
    "session_id": 'VARCHAR',
    "app_version": 'VARCHAR',
    "group": 'VARCHAR',
    "flag": 'BOOLEAN',
    "i8": 'TINYINT',
    "i16": 'SMALLINT',
    "i32": 'INTEGER',
    "i64": 'BIGINT',
    "i128": 'VARCHAR',
    "u8": 'SMALLINT',
    "u16": 'INTEGER',
    "u32": 'BIGINT',
    "u64": 'DECIMAL(20, 0)',
    "u128": 'VARCHAR',
    "f32": 'REAL',
    "f64": 'DOUBLE',
    "price": 'DECIMAL(12, 2)',
    "rate": 'DECIMAL(38, 18)',
    "huge": 'VARCHAR',
    "text": 'VARCHAR',
    "kind": 'VARCHAR',
    "at": 'TIMESTAMPTZ',
    "on": 'DATE',
    "opens": 'VARCHAR',
    "local": 'TIMESTAMP',
    "key": 'VARCHAR',
    "extra": 'JSON',
    "tags": 'VARCHAR[]',
    "scores": 'INTEGER[]',
    "matrix": 'DOUBLE[][]',
    "counts": 'MAP(VARCHAR, BIGINT)',
    "limits": 'MAP(VARCHAR, DECIMAL(10, 2))',
    "empty": 'JSON'
  },
  hive_partitioning = true,
  hive_types = {'year': VARCHAR, 'month': VARCHAR, 'day': VARCHAR, 'hour': VARCHAR}
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
  "id",
  "date",
  "type",
  "user_id",
  "locale",
  "country_code",
  "session_id",
  "app_version",
  "group",
  "x",
  "y",
  "target",
  "year",
  "month",
  "day",
  "hour"
FROM read_json(
  's3://bucket/lake/legacy_click/year=*/month=*/day=*/hour=*/*.json*',
  format = 'newline_delimited',
  columns = {
    "id": 'VARCHAR',
    "date": 'TIMESTAMPTZ',
    "type": 'VARCHAR',
    "user_id": 'BIGINT',
    "locale": 'VARCHAR',
    "country_code": 'VARCHAR',
    "session_id": 'VARCHAR',
    "app_version": 'VARCHAR',
    "group": 'VARCHAR',
    "x": 'INTEGER',
    "y": 'INTEGER',
    "target": 'VARCHAR'
  },
  hive_partitioning = true,
  hive_types = {'year': VARCHAR, 'month': VARCHAR, 'day': VARCHAR, 'hour': VARCHAR}
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
  "id",
  "date",
  "type",
  "user_id",
  "locale",
  "country_code",
  "session_id",
  "app_version",
  "group",
  "course",
  "lesson",
  "points",
  "camelcase",
  "path",
  "score",
  "year",
  "month",
  "day",
  "hour"
FROM read_json(
  's3://bucket/lake/lesson_finished/year=*/month=*/day=*/hour=*/*.json*',
  format = 'newline_delimited',
  columns = {
    "id": 'VARCHAR',
    "date": 'TIMESTAMPTZ',
    "type": 'VARCHAR',
    "user_id": 'BIGINT',
    "locale": 'VARCHAR',
    "country_code": 'VARCHAR',
    "session_id": 'VARCHAR',
    "app_version": 'VARCHAR',
    "group": 'VARCHAR',
    "course": 'VARCHAR',
    "lesson": 'BIGINT',
    "points": 'INTEGER',
    "camelcase": 'VARCHAR',
    "path": 'STRUCT("chapter" INTEGER, "section" INTEGER, "part" INTEGER)',
    "score": 'INTEGER'
  },
  hive_partitioning = true,
  hive_types = {'year': VARCHAR, 'month': VARCHAR, 'day': VARCHAR, 'hour': VARCHAR}
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
  "id",
  "date",
  "type",
  "user_id",
  "locale",
  "country_code",
  "session_id",
  "app_version",
  "group",
  "course",
  "lesson",
  "points",
  "camelcase",
  "path",
  "score",
  "year",
  "month",
  "day",
  "hour"
FROM read_json(
  's3://bucket/lake/lesson_cleared/year=*/month=*/day=*/hour=*/*.json*',
  format = 'newline_delimited',
  columns = {
    "id": 'VARCHAR',
    "date": 'TIMESTAMPTZ',
    "type": 'VARCHAR',
    "user_id": 'BIGINT',
    "locale": 'VARCHAR',
    "country_code": 'VARCHAR',
    "session_id": 'VARCHAR',
    "app_version": 'VARCHAR',
    "group": 'VARCHAR',
    "course": 'VARCHAR',
    "lesson": 'BIGINT',
    "points": 'INTEGER',
    "camelcase": 'VARCHAR',
    "path": 'STRUCT("chapter" INTEGER, "section" INTEGER, "part" INTEGER)',
    "score": 'INTEGER'
  },
  hive_partitioning = true,
  hive_types = {'year': VARCHAR, 'month': VARCHAR, 'day': VARCHAR, 'hour': VARCHAR}
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
  "id",
  "date",
  "type",
  "user_id",
  "locale",
  "country_code",
  "session_id",
  "app_version",
  "group",
  "order",
  "params_group",
  "end",
  "user",
  "items",
  "values",
  "year",
  "month",
  "day",
  "hour"
FROM read_json(
  's3://bucket/lake/order/year=*/month=*/day=*/hour=*/*.json*',
  format = 'newline_delimited',
  columns = {
    "id": 'VARCHAR',
    "date": 'TIMESTAMPTZ',
    "type": 'VARCHAR',
    "user_id": 'BIGINT',
    "locale": 'VARCHAR',
    "country_code": 'VARCHAR',
    "session_id": 'VARCHAR',
    "app_version": 'VARCHAR',
    "group": 'VARCHAR',
    "order": 'DECIMAL(20, 0)',
    "params_group": 'VARCHAR',
    "end": 'TIMESTAMPTZ',
    "user": 'STRUCT("name" VARCHAR, "email" VARCHAR, "select" BOOLEAN)',
    "items": 'STRUCT("sku" VARCHAR, "amount" INTEGER, "unitPrice" DECIMAL(12, 2), "from" VARCHAR, "options" MAP(VARCHAR, VARCHAR))[]',
    "values": 'STRUCT("timestamp" TIMESTAMPTZ, "value" DOUBLE)[]'
  },
  hive_partitioning = true,
  hive_types = {'year': VARCHAR, 'month': VARCHAR, 'day': VARCHAR, 'hour': VARCHAR}
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
  "id",
  "date",
  "type",
  "user_id",
  "locale",
  "country_code",
  "session_id",
  "app_version",
  "group",
  "year",
  "month",
  "day"
FROM read_json(
  's3://bucket/lake/sign_out/year=*/month=*/day=*/*.json*',
  format = 'newline_delimited',
  columns = {
    "id": 'VARCHAR',
    "date": 'TIMESTAMPTZ',
    "type": 'VARCHAR',
    "user_id": 'BIGINT',
    "locale": 'VARCHAR',
    "country_code": 'VARCHAR',
    "session_id": 'VARCHAR',
    "app_version": 'VARCHAR',
    "group": 'VARCHAR'
  },
  hive_partitioning = true,
  hive_types = {'year': VARCHAR, 'month': VARCHAR, 'day': VARCHAR}
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
