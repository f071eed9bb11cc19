package io.tracestore.cli;

import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.spi.TraceQuery;
import io.tracestore.view.TraceFilters;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The filters of a query, one option each; all that are given must match. */
final class FilterOptions {
  @Option(names = "--flow", paramLabel = "ID", description = "Of exactly this flow.")
  private @Nullable String flow;

  @Option(names = "--execution", paramLabel = "UUID", description = "Of exactly this execution.")
  private @Nullable String execution;

  @Option(names = "--from", paramLabel = "TIME", description = "Started at this time or later.")
  private @Nullable Instant from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      converter = Converters.Until.class,
      description = "Started at this time or earlier; a date includes that day (UTC).")
  private @Nullable Instant to;

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description = "One of ${COMPLETION-CANDIDATES}.")
  private ExecutionStatus.@Nullable Kind status;

  @Option(
      names = "--failed-with",
      paramLabel = "ERROR",
      description = "Failed with exactly this error.")
  private @Nullable String failedWith;

  @Option(names = "--actor", paramLabel = "ID", description = "Has an event of exactly this actor.")
  private @Nullable String actor;

  @Option(
      names = "--actor-contains",
      paramLabel = "TEXT",
      description = "Has an event whose actor contains this; case matters.")
  private @Nullable String actorContains;

  @Option(
      names = "--event-type",
      paramLabel = "TYPE",
      description = "Has an event of this type, such as ActorFailed, DataFlow or Custom(name).")
  private @Nullable String eventType;

  @Option(
      names = "--tag",
      paramLabel = "KEY=VALUE",
      description = "Has this tag; may be given several times.")
  private Map<String, String> tags = new LinkedHashMap<>();

  @Option(
      names = "--min-duration",
      paramLabel = "TIME",
      description = "Took at least this long, such as 300ms or 1.5s.")
  private @Nullable Duration minDuration;

  @Option(
      names = "--max-duration",
      paramLabel = "TIME",
      description = "Took at most this long; one that has not ended does not match.")
  private @Nullable Duration maxDuration;

  @Option(
      names = "--attribute",
      paramLabel = "KEY=VALUE",
      description =
          "Has an event with this attribute. true, false and what JSON takes for a number is meant"
              + " as that; a text is anything else, or written in double quotes.")
  private Map<String, String> attributes = new LinkedHashMap<>();

  @Option(
      names = "--has-attribute",
      paramLabel = "KEY",
      description = "Has an event with an attribute of this name; may be given several times.")
  private List<String> attributeKeys = new ArrayList<>();

  @Option(names = "--error", description = "Has an event with an error.")
  private boolean hasError;

  @Option(
      names = "--error-contains",
      paramLabel = "TEXT",
      description = "Has an event whose error contains this; case matters.")
  private @Nullable String errorContaining;

  @Option(names = "--port", paramLabel = "NAME", description = "Has an event of exactly this port.")
  private @Nullable String port;

  @Option(names = "--environment", paramLabel = "NAME", description = "Ran in this environment.")
  private @Nullable String environment;

  @Option(names = "--user", paramLabel = "ID", description = "Ran for this user.")
  private @Nullable String user;

  @Option(names = "--session", paramLabel = "ID", description = "Ran in this session.")
  private @Nullable String session;

  /** The query with these filters, nothing else. */
  TraceQuery.Builder toQuery() {
    try {
      TraceQuery.Builder query =
          TraceQuery.builder()
              .flowId(flow)
              .executionId(execution == null ? null : ExecutionId.of(execution))
              .startedBetween(from, to)
              .status(status)
              .failedWith(failedWith)
              .actor(actor)
              .actorContains(actorContains)
              .eventType(eventType)
              .minDuration(minDuration)
              .maxDuration(maxDuration)
              .hasError(hasError)
              .errorContaining(errorContaining)
              .port(port)
              .environment(environment)
              .userId(user)
              .sessionId(session);
      tags.forEach(query::tag);
      attributes.forEach((key, value) -> query.attribute(key, TraceFilters.attributeValue(value)));
      attributeKeys.forEach(query::hasAttribute);
      query.build();
      return query;
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage(String.valueOf(e.getMessage()), e);
    }
  }
}
