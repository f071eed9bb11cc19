package io.tracestore.provider.clickhouse.read;

import static io.tracestore.provider.clickhouse.sql.SqlTemplates.first;

import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.jooq.Section;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.TraceQuery;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.jooq.Record1;
import org.jooq.Select;

/**
 * The names of one kind in the traces of a time. Rows of the section that has them may be outdated:
 * a name that only such rows have is looked for in the traces.
 */
public final class TraceNames {
  private final Server server;
  private final ClickHouseTraceReader reader;

  public TraceNames(Server server, ClickHouseTraceReader reader) {
    this.server = server;
    this.reader = reader;
  }

  /** The names, at most {@code limit}. */
  public Set<String> of(NameKind kind, TraceQuery range, int limit) {
    ClickHouseQueryPlan plan = new ClickHouseQueryPlan(range, List.of());
    return switch (kind) {
      case FLOW -> list(plan.flows(), limit);
      case ENVIRONMENT ->
          found(
              new HashSet<>(),
              list(plan.environments(), limit),
              TraceQuery.Builder::environment,
              range);
      case ACTOR -> ofEvents(plan, Section.ACTOR, TraceQuery.Builder::actor, range, limit);
      case EVENT_TYPE -> ofEvents(plan, Section.TYPE, TraceQuery.Builder::eventType, range, limit);
    };
  }

  private Set<String> ofEvents(
      ClickHouseQueryPlan plan,
      Section section,
      BiFunction<TraceQuery.Builder, String, TraceQuery.Builder> filter,
      TraceQuery range,
      int limit) {
    Set<String> sure = list(plan.names(section, true), limit);
    return found(sure, list(plan.names(section, false), limit), filter, range);
  }

  /** Adds to {@code names} those of {@code candidates} that a trace has. */
  private Set<String> found(
      Set<String> names,
      Set<String> candidates,
      BiFunction<TraceQuery.Builder, String, TraceQuery.Builder> filter,
      TraceQuery range) {
    for (String name : candidates) {
      if (!names.contains(name)
          && !reader.entries(filter.apply(range.toBuilder(), name).build(), 1).isEmpty()) {
        names.add(name);
      }
    }
    return names;
  }

  private Set<String> list(Select<Record1<String>> query, int limit) {
    return server.query(
        first(query, limit),
        row -> {
          Set<String> names = new HashSet<>();
          while (row.hasNext()) {
            names.add(row.text());
          }
          return names;
        });
  }
}
