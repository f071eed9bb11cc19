-- The database, and by which versions of the script its tables were made. {…} is filled in by the provider.

CREATE DATABASE IF NOT EXISTS {database} {on cluster};

CREATE TABLE IF NOT EXISTS {database}.schema_version {on cluster}
(
    version  UInt32,
    applied  DateTime('UTC') DEFAULT now(),
    identity UUID            DEFAULT generateUUIDv4()              -- of the data: made once, with the tables
)
ENGINE = {engine schema_version MergeTree}
ORDER BY version
SETTINGS non_replicated_deduplication_window = 100;

-- The lists of keys with which writers indexed attributes, but for the empty one.
CREATE TABLE IF NOT EXISTS {database}.indexed_attributes {on cluster}
(
    keys String                                                    -- with commas between them
)
ENGINE = {engine indexed_attributes ReplacingMergeTree}
ORDER BY keys;
