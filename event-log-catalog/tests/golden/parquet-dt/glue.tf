# The tables of Amazon Athena, by event-log.
#
# Partition column: dt, a text that is the directory: 'year=2021/month=09/day=16/hour=00'.
# It sorts by time, so a range is two comparisons, and Athena looks up to NOW; but Athena cannot refuse
# a query without it. The other shape, year, month, day and hour, can, and needs OR for ranges.

variable "event_lake" {
  type        = string
  description = "Where the lake is, without a slash at the end."
  default     = "s3://bucket/lake"
}

variable "event_database" {
  type        = string
  description = "The database of Glue that the tables are in."
  default     = "events"
}

resource "aws_glue_catalog_table" "every_type" {
  name          = "every_type"
  database_name = var.event_database
  description   = "One field of each type that there is. Not emitted by anybody: it shows what becomes of each type. Owner: data platform. Since: 1.0."
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    "EXTERNAL"                    = "TRUE"
    "classification"              = "parquet"
    "projection.enabled"          = "true"
    "projection.dt.type"          = "date"
    "projection.dt.format"        = "'year='yyyy'/month='MM'/day='dd'/hour='HH"
    "projection.dt.range"         = "year=2020/month=01/day=01/hour=00,NOW"
    "projection.dt.interval"      = "1"
    "projection.dt.interval.unit" = "HOURS"
    "storage.location.template"   = "${var.event_lake}/every_type/$${dt}/"
  }

  partition_keys {
    name = "dt"
    type = "string"
  }

  storage_descriptor {
    location      = "${var.event_lake}/every_type/"
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"

    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
      parameters = { "serialization.format" = "1" }
    }

    columns {
      name    = "id"
      type    = "string"
      comment = "Unique: a UUID of version 7. Remove duplicates by it."
    }

    columns {
      name    = "date"
      type    = "timestamp"
      comment = "When it happened, in UTC."
    }

    columns {
      name    = "type"
      type    = "string"
      comment = "The type of event."
    }

    columns {
      name    = "user_id"
      type    = "bigint"
      comment = "Who did it."
    }

    columns {
      name    = "locale"
      type    = "string"
      comment = "In which language: a BCP 47 tag."
    }

    columns {
      name    = "country_code"
      type    = "string"
      comment = "In which country: ISO 3166-1 alpha-2."
    }

    columns {
      name    = "session_id"
      type    = "string"
      comment = "From the first request to the last."
    }

    columns {
      name    = "app_version"
      type    = "string"
      comment = "The release of the client."
    }

    columns {
      name    = "group"
      type    = "string"
      comment = "The arm of the experiment."
    }

    columns {
      name    = "flag"
      type    = "boolean"
      comment = "It's a flag; \"quoted\", with a \\ and a `tick`."
    }

    columns {
      name = "i8"
      type = "tinyint"
    }

    columns {
      name = "i16"
      type = "smallint"
    }

    columns {
      name = "i32"
      type = "int"
    }

    columns {
      name = "i64"
      type = "bigint"
    }

    columns {
      name = "i128"
      type = "string"
    }

    columns {
      name = "u8"
      type = "smallint"
    }

    columns {
      name = "u16"
      type = "int"
    }

    columns {
      name = "u32"
      type = "bigint"
    }

    columns {
      name = "u64"
      type = "decimal(20,0)"
    }

    columns {
      name = "u128"
      type = "string"
    }

    columns {
      name = "f32"
      type = "float"
    }

    columns {
      name = "f64"
      type = "double"
    }

    columns {
      name    = "price"
      type    = "decimal(12,2)"
      comment = "In the currency of the order."
    }

    columns {
      name = "rate"
      type = "decimal(38,18)"
    }

    columns {
      name    = "huge"
      type    = "string"
      comment = "More digits than any engine has."
    }

    columns {
      name = "text"
      type = "string"
    }

    columns {
      name    = "kind"
      type    = "string"
      comment = "How big it is."
    }

    columns {
      name = "at"
      type = "timestamp"
    }

    columns {
      name = "on"
      type = "date"
    }

    columns {
      name = "opens"
      type = "string"
    }

    columns {
      name = "local"
      type = "timestamp"
    }

    columns {
      name = "key"
      type = "string"
    }

    columns {
      name    = "extra"
      type    = "string"
      comment = "Whatever the client sent: `{any: \"thing\"}`."
    }

    columns {
      name    = "tags"
      type    = "array<string>"
      comment = "In the order of their choice."
    }

    columns {
      name = "scores"
      type = "array<int>"
    }

    columns {
      name = "matrix"
      type = "array<array<double>>"
    }

    columns {
      name    = "counts"
      type    = "map<string,bigint>"
      comment = "How often, by page."
    }

    columns {
      name = "limits"
      type = "map<string,decimal(10,2)>"
    }

    columns {
      name = "empty"
      type = "string"
    }
  }
}

resource "aws_glue_catalog_table" "legacy_click" {
  name          = "legacy_click"
  database_name = var.event_database
  description   = "Deprecated: Use page_view, which tells the referrer, too."
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    "EXTERNAL"                    = "TRUE"
    "classification"              = "parquet"
    "projection.enabled"          = "true"
    "projection.dt.type"          = "date"
    "projection.dt.format"        = "'year='yyyy'/month='MM'/day='dd'/hour='HH"
    "projection.dt.range"         = "year=2020/month=01/day=01/hour=00,NOW"
    "projection.dt.interval"      = "1"
    "projection.dt.interval.unit" = "HOURS"
    "storage.location.template"   = "${var.event_lake}/legacy_click/$${dt}/"
  }

  partition_keys {
    name = "dt"
    type = "string"
  }

  storage_descriptor {
    location      = "${var.event_lake}/legacy_click/"
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"

    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
      parameters = { "serialization.format" = "1" }
    }

    columns {
      name    = "id"
      type    = "string"
      comment = "Unique: a UUID of version 7. Remove duplicates by it."
    }

    columns {
      name    = "date"
      type    = "timestamp"
      comment = "When it happened, in UTC."
    }

    columns {
      name    = "type"
      type    = "string"
      comment = "The type of event."
    }

    columns {
      name    = "user_id"
      type    = "bigint"
      comment = "Who did it."
    }

    columns {
      name    = "locale"
      type    = "string"
      comment = "In which language: a BCP 47 tag."
    }

    columns {
      name    = "country_code"
      type    = "string"
      comment = "In which country: ISO 3166-1 alpha-2."
    }

    columns {
      name    = "session_id"
      type    = "string"
      comment = "From the first request to the last."
    }

    columns {
      name    = "app_version"
      type    = "string"
      comment = "The release of the client."
    }

    columns {
      name    = "group"
      type    = "string"
      comment = "The arm of the experiment."
    }

    columns {
      name = "x"
      type = "int"
    }

    columns {
      name = "y"
      type = "int"
    }

    columns {
      name    = "target"
      type    = "string"
      comment = "Deprecated with its event. Deprecated: Nobody sets it."
    }
  }
}

resource "aws_glue_catalog_table" "lesson_finished" {
  name          = "lesson_finished"
  database_name = var.event_database
  description   = "Fired when a student passes the test at the end of a lesson. Owner: learning. Since: 1.2."
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    "EXTERNAL"                    = "TRUE"
    "classification"              = "parquet"
    "projection.enabled"          = "true"
    "projection.dt.type"          = "date"
    "projection.dt.format"        = "'year='yyyy'/month='MM'/day='dd'/hour='HH"
    "projection.dt.range"         = "year=2020/month=01/day=01/hour=00,NOW"
    "projection.dt.interval"      = "1"
    "projection.dt.interval.unit" = "HOURS"
    "storage.location.template"   = "${var.event_lake}/lesson_finished/$${dt}/"
  }

  partition_keys {
    name = "dt"
    type = "string"
  }

  storage_descriptor {
    location      = "${var.event_lake}/lesson_finished/"
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"

    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
      parameters = { "serialization.format" = "1" }
    }

    columns {
      name    = "id"
      type    = "string"
      comment = "Unique: a UUID of version 7. Remove duplicates by it."
    }

    columns {
      name    = "date"
      type    = "timestamp"
      comment = "When it happened, in UTC."
    }

    columns {
      name    = "type"
      type    = "string"
      comment = "The type of event."
    }

    columns {
      name    = "user_id"
      type    = "bigint"
      comment = "Who did it."
    }

    columns {
      name    = "locale"
      type    = "string"
      comment = "In which language: a BCP 47 tag."
    }

    columns {
      name    = "country_code"
      type    = "string"
      comment = "In which country: ISO 3166-1 alpha-2."
    }

    columns {
      name    = "session_id"
      type    = "string"
      comment = "From the first request to the last."
    }

    columns {
      name    = "app_version"
      type    = "string"
      comment = "The release of the client."
    }

    columns {
      name    = "group"
      type    = "string"
      comment = "The arm of the experiment."
    }

    columns {
      name = "course"
      type = "string"
    }

    columns {
      name    = "lesson"
      type    = "bigint"
      comment = "Counts from 1 within the course."
    }

    columns {
      name    = "points"
      type    = "int"
      comment = "In the test, from 0 to 100."
    }

    columns {
      name    = "camelcase"
      type    = "string"
      comment = "In the lake all columns are in lower case."
    }

    columns {
      name = "path"
      type = "struct<chapter:int,section:int,part:int>"
    }

    columns {
      name    = "score"
      type    = "int"
      comment = "Renamed to points."
    }
  }
}

resource "aws_glue_catalog_table" "lesson_cleared" {
  name          = "lesson_cleared"
  database_name = var.event_database
  description   = "Renamed to lesson_finished."
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    "EXTERNAL"                    = "TRUE"
    "classification"              = "parquet"
    "projection.enabled"          = "true"
    "projection.dt.type"          = "date"
    "projection.dt.format"        = "'year='yyyy'/month='MM'/day='dd'/hour='HH"
    "projection.dt.range"         = "year=2020/month=01/day=01/hour=00,NOW"
    "projection.dt.interval"      = "1"
    "projection.dt.interval.unit" = "HOURS"
    "storage.location.template"   = "${var.event_lake}/lesson_cleared/$${dt}/"
  }

  partition_keys {
    name = "dt"
    type = "string"
  }

  storage_descriptor {
    location      = "${var.event_lake}/lesson_cleared/"
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"

    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
      parameters = { "serialization.format" = "1" }
    }

    columns {
      name    = "id"
      type    = "string"
      comment = "Unique: a UUID of version 7. Remove duplicates by it."
    }

    columns {
      name    = "date"
      type    = "timestamp"
      comment = "When it happened, in UTC."
    }

    columns {
      name    = "type"
      type    = "string"
      comment = "The type of event."
    }

    columns {
      name    = "user_id"
      type    = "bigint"
      comment = "Who did it."
    }

    columns {
      name    = "locale"
      type    = "string"
      comment = "In which language: a BCP 47 tag."
    }

    columns {
      name    = "country_code"
      type    = "string"
      comment = "In which country: ISO 3166-1 alpha-2."
    }

    columns {
      name    = "session_id"
      type    = "string"
      comment = "From the first request to the last."
    }

    columns {
      name    = "app_version"
      type    = "string"
      comment = "The release of the client."
    }

    columns {
      name    = "group"
      type    = "string"
      comment = "The arm of the experiment."
    }

    columns {
      name = "course"
      type = "string"
    }

    columns {
      name    = "lesson"
      type    = "bigint"
      comment = "Counts from 1 within the course."
    }

    columns {
      name    = "points"
      type    = "int"
      comment = "In the test, from 0 to 100."
    }

    columns {
      name    = "camelcase"
      type    = "string"
      comment = "In the lake all columns are in lower case."
    }

    columns {
      name = "path"
      type = "struct<chapter:int,section:int,part:int>"
    }

    columns {
      name    = "score"
      type    = "int"
      comment = "Renamed to points."
    }
  }
}

resource "aws_glue_catalog_table" "order" {
  name          = "order"
  database_name = var.event_database
  description   = "Fired when the order is paid. A type whose name is a reserved word, and so are its fields. Owner: shop <shop@example.com>. Since: 2026-01-15."
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    "EXTERNAL"                    = "TRUE"
    "classification"              = "parquet"
    "projection.enabled"          = "true"
    "projection.dt.type"          = "date"
    "projection.dt.format"        = "'year='yyyy'/month='MM'/day='dd'/hour='HH"
    "projection.dt.range"         = "year=2020/month=01/day=01/hour=00,NOW"
    "projection.dt.interval"      = "1"
    "projection.dt.interval.unit" = "HOURS"
    "storage.location.template"   = "${var.event_lake}/order/$${dt}/"
  }

  partition_keys {
    name = "dt"
    type = "string"
  }

  storage_descriptor {
    location      = "${var.event_lake}/order/"
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"

    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
      parameters = { "serialization.format" = "1" }
    }

    columns {
      name    = "id"
      type    = "string"
      comment = "Unique: a UUID of version 7. Remove duplicates by it."
    }

    columns {
      name    = "date"
      type    = "timestamp"
      comment = "When it happened, in UTC."
    }

    columns {
      name    = "type"
      type    = "string"
      comment = "The type of event."
    }

    columns {
      name    = "user_id"
      type    = "bigint"
      comment = "Who did it."
    }

    columns {
      name    = "locale"
      type    = "string"
      comment = "In which language: a BCP 47 tag."
    }

    columns {
      name    = "country_code"
      type    = "string"
      comment = "In which country: ISO 3166-1 alpha-2."
    }

    columns {
      name    = "session_id"
      type    = "string"
      comment = "From the first request to the last."
    }

    columns {
      name    = "app_version"
      type    = "string"
      comment = "The release of the client."
    }

    columns {
      name    = "group"
      type    = "string"
      comment = "The arm of the experiment."
    }

    columns {
      name    = "order"
      type    = "decimal(20,0)"
      comment = "The number on the receipt."
    }

    columns {
      name = "params_group"
      type = "string"
    }

    columns {
      name = "end"
      type = "timestamp"
    }

    columns {
      name    = "user"
      type    = "struct<name:string,email:string,select:boolean>"
      comment = "Who gets it."
    }

    columns {
      name    = "items"
      type    = "array<struct<sku:string,amount:int,unitprice:decimal(12,2),from:string,options:map<string,string>>>"
      comment = "What is in the basket, from top to bottom."
    }

    columns {
      name = "values"
      type = "array<struct<timestamp:timestamp,value:double>>"
    }
  }
}

resource "aws_glue_catalog_table" "sign_out" {
  name          = "sign_out"
  database_name = var.event_database
  description   = "Fired when a user signs out. Has no fields. Owner: accounts."
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    "EXTERNAL"                    = "TRUE"
    "classification"              = "parquet"
    "projection.enabled"          = "true"
    "projection.dt.type"          = "date"
    "projection.dt.format"        = "'year='yyyy'/month='MM'/day='dd"
    "projection.dt.range"         = "year=2020/month=01/day=01,NOW"
    "projection.dt.interval"      = "1"
    "projection.dt.interval.unit" = "DAYS"
    "storage.location.template"   = "${var.event_lake}/sign_out/$${dt}/"
  }

  partition_keys {
    name = "dt"
    type = "string"
  }

  storage_descriptor {
    location      = "${var.event_lake}/sign_out/"
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"

    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
      parameters = { "serialization.format" = "1" }
    }

    columns {
      name    = "id"
      type    = "string"
      comment = "Unique: a UUID of version 7. Remove duplicates by it."
    }

    columns {
      name    = "date"
      type    = "timestamp"
      comment = "When it happened, in UTC."
    }

    columns {
      name    = "type"
      type    = "string"
      comment = "The type of event."
    }

    columns {
      name    = "user_id"
      type    = "bigint"
      comment = "Who did it."
    }

    columns {
      name    = "locale"
      type    = "string"
      comment = "In which language: a BCP 47 tag."
    }

    columns {
      name    = "country_code"
      type    = "string"
      comment = "In which country: ISO 3166-1 alpha-2."
    }

    columns {
      name    = "session_id"
      type    = "string"
      comment = "From the first request to the last."
    }

    columns {
      name    = "app_version"
      type    = "string"
      comment = "The release of the client."
    }

    columns {
      name    = "group"
      type    = "string"
      comment = "The arm of the experiment."
    }
  }
}
