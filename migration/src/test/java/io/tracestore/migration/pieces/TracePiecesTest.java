package io.tracestore.migration.pieces;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.migration.spans.Origin;
import io.tracestore.migration.spans.Span;
import io.tracestore.migration.spans.SpanEvents;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.ForwardingTraceStore;
import io.tracestore.spi.TraceStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TracePiecesTest {
  private static final String TRACE = "0123456789abcdef0123456789abcdef";
  private static final String ROOT = "00000000000000aa";
  private static final Duration QUIET = Duration.ofHours(1);

  private static Span.Builder span(String id) {
    return Span.builder(TRACE, id)
        .name("call")
        .service("front")
        .timestamp(1_700_000_000_000_000_000L)
        .duration(9_000_000L);
  }

  /** A store in which something happens just before a trace is stored. */
  private static final class Hesitating extends ForwardingTraceStore {
    private final Runnable before;

    Hesitating(TraceStore store, Runnable before) {
      super(store);
      this.before = before;
    }

    @Override
    public void storeTrace(FlowTrace trace) {
      before.run();
      super.storeTrace(trace);
    }
  }

  @Test
  void aSpanThatAnotherServerReportsMeanwhileIsNotTakenBackByTheCompletion() {
    Span root = span(ROOT).build();
    Span.Builder child = span("00000000000000b1").parentId(ROOT);
    try (TraceStore store = TraceStores.open("mem:");
        TracePieces other = new TracePieces(store, QUIET)) {
      Span fuller = child.tags(Map.of("customer", JsonValue.of("4711"))).build();
      TraceStore hesitating =
          new Hesitating(store, () -> other.add(Origin.ZIPKIN, List.of(fuller)));
      try (TracePieces pieces = new TracePieces(hesitating, QUIET)) {
        pieces.add(Origin.ZIPKIN, List.of(root, child.tags(Map.of()).build()));

        assertThat(pieces.completeEnded()).isTrue();
      }
      assertThat(store.getTrace(SpanEvents.traceId(TRACE)).orElseThrow().events())
          .extracting(TraceEvent::data)
          .anySatisfy(data -> assertThat(data.customAttributes()).containsKey("customer"));
    }
  }
}
