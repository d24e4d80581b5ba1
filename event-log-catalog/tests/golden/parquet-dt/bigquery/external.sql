-- BigQuery over the lake, by event-log.
--
-- Partition columns: year, month, day, hour; texts with leading zeros, as in month = '09'.
-- Every engine knows this shape, and Athena can refuse a query without a year; but a range over
-- the end of a month takes an OR. The other shape, one column dt, has ranges and NOW, no such guard.
--
-- BigQuery reads gs://; s3:// only through BigLake, with a connection.

CREATE OR REPLACE EXTERNAL TABLE `events`.`every_type`
WITH PARTITION COLUMNS (`year` STRING, `month` STRING, `day` STRING, `hour` STRING)
OPTIONS (
  format = 'PARQUET',
  enable_list_inference = true,
  uris = ['s3://bucket/lake/every_type/*'],
  hive_partition_uri_prefix = 's3://bucket/lake/every_type',
  require_hive_partition_filter = true,
  description = 'One field of each type that there is. Not emitted by anybody: it shows what becomes of each type. Owner: data platform. Since: 1.0.'
);

CREATE OR REPLACE EXTERNAL TABLE `events`.`legacy_click`
WITH PARTITION COLUMNS (`year` STRING, `month` STRING, `day` STRING, `hour` STRING)
OPTIONS (
  format = 'PARQUET',
  enable_list_inference = true,
  uris = ['s3://bucket/lake/legacy_click/*'],
  hive_partition_uri_prefix = 's3://bucket/lake/legacy_click',
  require_hive_partition_filter = true,
  description = 'Deprecated: Use page_view, which tells the referrer, too.'
);

CREATE OR REPLACE EXTERNAL TABLE `events`.`lesson_finished`
WITH PARTITION COLUMNS (`year` STRING, `month` STRING, `day` STRING, `hour` STRING)
OPTIONS (
  format = 'PARQUET',
  enable_list_inference = true,
  uris = ['s3://bucket/lake/lesson_finished/*'],
  hive_partition_uri_prefix = 's3://bucket/lake/lesson_finished',
  require_hive_partition_filter = true,
  description = 'Fired when a student passes the test at the end of a lesson. Owner: learning. Since: 1.2.'
);

CREATE OR REPLACE EXTERNAL TABLE `events`.`lesson_cleared`
WITH PARTITION COLUMNS (`year` STRING, `month` STRING, `day` STRING, `hour` STRING)
OPTIONS (
  format = 'PARQUET',
  enable_list_inference = true,
  uris = ['s3://bucket/lake/lesson_cleared/*'],
  hive_partition_uri_prefix = 's3://bucket/lake/lesson_cleared',
  require_hive_partition_filter = true,
  description = 'Renamed to lesson_finished.'
);

CREATE OR REPLACE EXTERNAL TABLE `events`.`order`
WITH PARTITION COLUMNS (`year` STRING, `month` STRING, `day` STRING, `hour` STRING)
OPTIONS (
  format = 'PARQUET',
  enable_list_inference = true,
  uris = ['s3://bucket/lake/order/*'],
  hive_partition_uri_prefix = 's3://bucket/lake/order',
  require_hive_partition_filter = true,
  description = 'Fired when the order is paid. A type whose name is a reserved word, and so are its fields. Owner: shop <shop@example.com>. Since: 2026-01-15.'
);

CREATE OR REPLACE EXTERNAL TABLE `events`.`sign_out`
WITH PARTITION COLUMNS (`year` STRING, `month` STRING, `day` STRING)
OPTIONS (
  format = 'PARQUET',
  enable_list_inference = true,
  uris = ['s3://bucket/lake/sign_out/*'],
  hive_partition_uri_prefix = 's3://bucket/lake/sign_out',
  require_hive_partition_filter = true,
  description = 'Fired when a user signs out. Has no fields. Owner: accounts.'
);
