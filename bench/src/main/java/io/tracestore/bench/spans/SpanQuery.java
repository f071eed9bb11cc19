package io.tracestore.bench.spans;

import io.tracestore.bench.spans.SpanDataSet.Sample;
import io.tracestore.model.JsonValue;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A question to the stored {@link SpanDataSet}, asked about a trace that is there. A service is an
 * actor and an operation a port of the imported traces. A search reads the newest {@value #LIMIT}
 * traces with all events.
 */
public enum SpanQuery {
  /** One trace by its id. */
  GET("trace by id"),
  /** Traces with a span of a service. */
  SERVICE("by service"),
  /** Traces with a span of a service and one of an operation. */
  OPERATION("by service and operation"),
  /** Traces with a span of a service that took about as long. */
  DURATION("by service and duration"),
  /** Traces with a span of a service that started in the same hour. */
  TIME("by service and time"),
  /** Traces with a span of a service and one with an attribute. */
  ATTRIBUTE("by service and attribute"),
  /** All filters together. */
  ALL("by all of these"),
  /** The names of all services. */
  SERVICES("names of the services");

  /** How many traces a search reads. */
  static final int LIMIT = 20;

  private final String title;

  SpanQuery(String title) {
    this.title = title;
  }

  /** The question in words. */
  public String title() {
    return title;
  }

  /**
   * Asks.
   *
   * @param data what is stored
   * @param number that of a stored trace, which belongs to the answer if this has few others
   * @return how many traces, or names, the answer has
   */
  public int ask(TraceStore store, SpanDataSet data, int number) {
    return switch (this) {
      case GET -> store.getTrace(SpanDataSet.traceId(number)).isPresent() ? 1 : 0;
      case SERVICES -> store.names(NameKind.ACTOR, null, null).size();
      default -> store.queryTraces(query(data, number)).size();
    };
  }

  TraceQuery query(SpanDataSet data, int number) {
    List<Sample> spans = data.trace(number);
    Sample root = spans.getFirst();
    boolean all = this == ALL;
    TraceQuery.Builder query = TraceQuery.builder().actor(root.service()).limit(LIMIT);
    if (all || this == OPERATION) {
      query.port(root.operation());
    }
    if (all || this == DURATION) {
      Duration tenth = root.duration().dividedBy(10);
      query.minDuration(root.duration().minus(tenth)).maxDuration(root.duration().plus(tenth));
    }
    if (all || this == TIME) {
      Duration half = Duration.ofMinutes(30);
      query.startedBetween(root.start().minus(half), root.start().plus(half));
    }
    if (all || this == ATTRIBUTE) {
      Map.Entry<String, String> first = root.attributes().entrySet().iterator().next();
      query.attribute(first.getKey(), JsonValue.of(first.getValue()));
    }
    return query.build();
  }
}
