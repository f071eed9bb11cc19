package io.tracestore.provider.clickhouse.sql;

/** A value of an {@code Enum8}. */
public interface Label {
  /** The name that it has in SQL. */
  String label();

  /** The number by which it is stored. */
  int number();
}
