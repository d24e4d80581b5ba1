# The tables of Amazon Athena, by event-log.
#
# Partition columns: year, month, day, hour; texts with leading zeros, as in month = '09'.
# Every engine knows this shape, and Athena can refuse a query without a year; but a range over
# the end of a month takes an OR. The other shape, one column dt, has ranges and NOW, no such guard.

variable "event_lake" {
  type        = string
  description = "Where the lake is, without a slash at the end."
  default     = "s3://school/lake"
}

variable "event_database" {
  type        = string
  description = "The database of Glue that the tables are in."
  default     = "events"
}

resource "aws_glue_catalog_table" "event_log_gap" {
  name          = "event_log_gap"
  database_name = var.event_database
  description   = "Written by the logger itself: so many events of one type were dropped for one reason."
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    "EXTERNAL"                  = "TRUE"
    "classification"            = "json"
    "projection.enabled"        = "true"
    "projection.year.type"      = "injected"
    "projection.month.type"     = "integer"
    "projection.month.range"    = "1,12"
    "projection.month.digits"   = "2"
    "projection.day.type"       = "integer"
    "projection.day.range"      = "1,31"
    "projection.day.digits"     = "2"
    "projection.hour.type"      = "integer"
    "projection.hour.range"     = "0,23"
    "projection.hour.digits"    = "2"
    "storage.location.template" = "${var.event_lake}/event_log_gap/year=$${year}/month=$${month}/day=$${day}/hour=$${hour}/"
  }

  partition_keys {
    name = "year"
    type = "string"
  }

  partition_keys {
    name = "month"
    type = "string"
  }

  partition_keys {
    name = "day"
    type = "string"
  }

  partition_keys {
    name = "hour"
    type = "string"
  }

  storage_descriptor {
    location      = "${var.event_lake}/event_log_gap/"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"

    ser_de_info {
      serialization_library = "org.openx.data.jsonserde.JsonSerDe"
      parameters = {
        "case.insensitive"      = "true"
        "ignore.malformed.json" = "false"
      }
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
      name    = "app_version"
      type    = "string"
      comment = "The release that emitted the event."
    }

    columns {
      name    = "session_id"
      type    = "string"
      comment = "The client's session, where it says."
    }

    columns {
      name    = "request_id"
      type    = "string"
      comment = "Of the client, or else made up by the service."
    }

    columns {
      name    = "event_type"
      type    = "string"
      comment = "The type of the dropped events; null for those of more types than are told apart."
    }

    columns {
      name    = "reason"
      type    = "string"
      comment = "Why they were dropped."
    }

    columns {
      name    = "events"
      type    = "decimal(20,0)"
      comment = "How many."
    }

    columns {
      name    = "first_dropped"
      type    = "timestamp"
      comment = "When the first of them was."
    }

    columns {
      name    = "last_dropped"
      type    = "timestamp"
      comment = "When the last of them was."
    }
  }
}

resource "aws_glue_catalog_table" "lesson_cleared" {
  name          = "lesson_cleared"
  database_name = var.event_database
  description   = "Fired when a student passes the test at the end of a lesson. Owner: teaching@school.example."
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    "EXTERNAL"                  = "TRUE"
    "classification"            = "json"
    "projection.enabled"        = "true"
    "projection.year.type"      = "injected"
    "projection.month.type"     = "integer"
    "projection.month.range"    = "1,12"
    "projection.month.digits"   = "2"
    "projection.day.type"       = "integer"
    "projection.day.range"      = "1,31"
    "projection.day.digits"     = "2"
    "projection.hour.type"      = "integer"
    "projection.hour.range"     = "0,23"
    "projection.hour.digits"    = "2"
    "storage.location.template" = "${var.event_lake}/lesson_cleared/year=$${year}/month=$${month}/day=$${day}/hour=$${hour}/"
  }

  partition_keys {
    name = "year"
    type = "string"
  }

  partition_keys {
    name = "month"
    type = "string"
  }

  partition_keys {
    name = "day"
    type = "string"
  }

  partition_keys {
    name = "hour"
    type = "string"
  }

  storage_descriptor {
    location      = "${var.event_lake}/lesson_cleared/"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"

    ser_de_info {
      serialization_library = "org.openx.data.jsonserde.JsonSerDe"
      parameters = {
        "case.insensitive"      = "true"
        "ignore.malformed.json" = "false"
      }
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
      name    = "app_version"
      type    = "string"
      comment = "The release that emitted the event."
    }

    columns {
      name    = "session_id"
      type    = "string"
      comment = "The client's session, where it says."
    }

    columns {
      name    = "request_id"
      type    = "string"
      comment = "Of the client, or else made up by the service."
    }

    columns {
      name    = "course"
      type    = "string"
      comment = "The course's name in the address of its page."
    }

    columns {
      name    = "lesson"
      type    = "bigint"
      comment = "Counts from 1 within the course."
    }

    columns {
      name    = "score"
      type    = "smallint"
      comment = "Points in the test, from 0 to 100."
    }

    columns {
      name    = "seconds"
      type    = "double"
      comment = "Since the last start of this lesson."
    }
  }
}

resource "aws_glue_catalog_table" "lesson_started" {
  name          = "lesson_started"
  database_name = var.event_database
  description   = "Fired when a student opens a lesson. Fired again when the student starts it over. Owner: teaching@school.example."
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    "EXTERNAL"                  = "TRUE"
    "classification"            = "json"
    "projection.enabled"        = "true"
    "projection.year.type"      = "injected"
    "projection.month.type"     = "integer"
    "projection.month.range"    = "1,12"
    "projection.month.digits"   = "2"
    "projection.day.type"       = "integer"
    "projection.day.range"      = "1,31"
    "projection.day.digits"     = "2"
    "projection.hour.type"      = "integer"
    "projection.hour.range"     = "0,23"
    "projection.hour.digits"    = "2"
    "storage.location.template" = "${var.event_lake}/lesson_started/year=$${year}/month=$${month}/day=$${day}/hour=$${hour}/"
  }

  partition_keys {
    name = "year"
    type = "string"
  }

  partition_keys {
    name = "month"
    type = "string"
  }

  partition_keys {
    name = "day"
    type = "string"
  }

  partition_keys {
    name = "hour"
    type = "string"
  }

  storage_descriptor {
    location      = "${var.event_lake}/lesson_started/"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"

    ser_de_info {
      serialization_library = "org.openx.data.jsonserde.JsonSerDe"
      parameters = {
        "case.insensitive"      = "true"
        "ignore.malformed.json" = "false"
      }
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
      name    = "app_version"
      type    = "string"
      comment = "The release that emitted the event."
    }

    columns {
      name    = "session_id"
      type    = "string"
      comment = "The client's session, where it says."
    }

    columns {
      name    = "request_id"
      type    = "string"
      comment = "Of the client, or else made up by the service."
    }

    columns {
      name    = "course"
      type    = "string"
      comment = "The course's name in the address of its page."
    }

    columns {
      name    = "lesson"
      type    = "bigint"
      comment = "Counts from 1 within the course."
    }
  }
}

resource "aws_glue_catalog_table" "plan_purchased" {
  name          = "plan_purchased"
  database_name = var.event_database
  description   = "Fired when the payment is confirmed. Not fired for a renewal. Owner: payments@school.example."
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    "EXTERNAL"                  = "TRUE"
    "classification"            = "json"
    "projection.enabled"        = "true"
    "projection.year.type"      = "injected"
    "projection.month.type"     = "integer"
    "projection.month.range"    = "1,12"
    "projection.month.digits"   = "2"
    "projection.day.type"       = "integer"
    "projection.day.range"      = "1,31"
    "projection.day.digits"     = "2"
    "projection.hour.type"      = "integer"
    "projection.hour.range"     = "0,23"
    "projection.hour.digits"    = "2"
    "storage.location.template" = "${var.event_lake}/plan_purchased/year=$${year}/month=$${month}/day=$${day}/hour=$${hour}/"
  }

  partition_keys {
    name = "year"
    type = "string"
  }

  partition_keys {
    name = "month"
    type = "string"
  }

  partition_keys {
    name = "day"
    type = "string"
  }

  partition_keys {
    name = "hour"
    type = "string"
  }

  storage_descriptor {
    location      = "${var.event_lake}/plan_purchased/"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"

    ser_de_info {
      serialization_library = "org.openx.data.jsonserde.JsonSerDe"
      parameters = {
        "case.insensitive"      = "true"
        "ignore.malformed.json" = "false"
      }
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
      name    = "app_version"
      type    = "string"
      comment = "The release that emitted the event."
    }

    columns {
      name    = "session_id"
      type    = "string"
      comment = "The client's session, where it says."
    }

    columns {
      name    = "request_id"
      type    = "string"
      comment = "Of the client, or else made up by the service."
    }

    columns {
      name    = "plan"
      type    = "string"
      comment = "The plan's name in the address of its page."
    }

    columns {
      name    = "price"
      type    = "bigint"
      comment = "In the smallest unit of the currency."
    }

    columns {
      name    = "currency"
      type    = "string"
      comment = "ISO 4217."
    }
  }
}

resource "aws_glue_catalog_table" "user_registration" {
  name          = "user_registration"
  database_name = var.event_database
  description   = "Fired when the account is stored. Not fired when a known student signs in again. Owner: growth@school.example."
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    "EXTERNAL"                  = "TRUE"
    "classification"            = "json"
    "projection.enabled"        = "true"
    "projection.year.type"      = "injected"
    "projection.month.type"     = "integer"
    "projection.month.range"    = "1,12"
    "projection.month.digits"   = "2"
    "projection.day.type"       = "integer"
    "projection.day.range"      = "1,31"
    "projection.day.digits"     = "2"
    "projection.hour.type"      = "integer"
    "projection.hour.range"     = "0,23"
    "projection.hour.digits"    = "2"
    "storage.location.template" = "${var.event_lake}/user_registration/year=$${year}/month=$${month}/day=$${day}/hour=$${hour}/"
  }

  partition_keys {
    name = "year"
    type = "string"
  }

  partition_keys {
    name = "month"
    type = "string"
  }

  partition_keys {
    name = "day"
    type = "string"
  }

  partition_keys {
    name = "hour"
    type = "string"
  }

  storage_descriptor {
    location      = "${var.event_lake}/user_registration/"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"

    ser_de_info {
      serialization_library = "org.openx.data.jsonserde.JsonSerDe"
      parameters = {
        "case.insensitive"      = "true"
        "ignore.malformed.json" = "false"
      }
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
      name    = "app_version"
      type    = "string"
      comment = "The release that emitted the event."
    }

    columns {
      name    = "session_id"
      type    = "string"
      comment = "The client's session, where it says."
    }

    columns {
      name    = "request_id"
      type    = "string"
      comment = "Of the client, or else made up by the service."
    }

    columns {
      name    = "provider"
      type    = "string"
      comment = "The OAuth provider that vouched for the user."
    }

    columns {
      name    = "referrer"
      type    = "string"
      comment = "The page that led to the sign-up, where the browser tells."
    }
  }
}
