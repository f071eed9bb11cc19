package io.tracestore.migration.zipkin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tracestore.migration.spans.Imported;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Traces recorded in production, where they lie beside the repository. */
class RealTracesTest {
  private static final Path DATA = Path.of("..", "..", "shared", "data");

  @ParameterizedTest
  @CsvSource({
    "zipkin-smartthings-oauth-authorization.json, 175, 570, datamgmt get /oauth/authorize",
    "zipkin-messaging-kafka.json, 28, 88, servicea poll",
    "zipkin-ascend.json, 8, 24, mobile-gateway get"
  })
  void everySpanOfARealTraceIsThere(String file, int spans, int events, String flow)
      throws IOException {
    assumeThat(DATA.resolve(file)).as("real traces are not part of the repository").exists();

    FlowTrace trace = Imported.from(Files.readString(DATA.resolve(file))).trace();

    assertThat(trace.flowId()).isEqualTo(flow);
    assertThat(trace.events()).hasSize(events);
    assertThat(Imported.events(trace, TraceEventType.ACTOR_STARTED)).hasSize(spans);
    assertThat(Imported.events(trace, TraceEventType.ACTOR_COMPLETED, TraceEventType.ACTOR_FAILED))
        .hasSize(spans);
    assertThat(causes(trace)).isSubsetOf(ids(trace));
  }

  private static Set<Object> ids(FlowTrace trace) {
    return trace.events().stream().map(TraceEvent::eventId).collect(Collectors.toSet());
  }

  private static Set<Object> causes(FlowTrace trace) {
    Set<Object> causes = new HashSet<>();
    for (TraceEvent event : trace.events()) {
      causes.add(event.causality().rootCauseEventId());
      causes.addAll(event.causality().dependencyChain());
      if (event.causality().parentEventId() != null) {
        causes.add(event.causality().parentEventId());
      }
    }
    return causes;
  }
}
