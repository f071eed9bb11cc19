package io.tracestore.provider.clickhouse.schema;

import io.tracestore.provider.clickhouse.sql.Sql;
import java.util.Collection;
import java.util.TreeSet;
import java.util.UUID;

/** The parts of the table that statements read, as conditions. */
public final class Sections {
  /** The prefix of the primary key that holds headers and events. */
  public static final String TRACE_ROWS = "section = 'trace' AND name = '' AND age = 0";

  private Sections() {}

  /** The one row of section {@code time} of each of {@code ids}. */
  public static String placed(Collection<UUID> ids) {
    return """
    section = 'time' AND name = '' \
    AND if(section = 'time', cityHash64(trace_id), 0) IN %1$s \
    AND if(section = 'time', sipHash64(trace_id), 0) IN %2$s AND trace_id IN %3$s\
    """
        .formatted(Sql.hashes("cityHash64", ids), Sql.hashes("sipHash64", ids), Sql.ids(ids));
  }

  /** The rows of {@code days}. */
  public static String in(Collection<Integer> days) {
    return "day IN ("
        + String.join(", ", new TreeSet<>(days).stream().map(String::valueOf).toList())
        + ")";
  }
}
