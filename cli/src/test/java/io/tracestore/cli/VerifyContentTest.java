package io.tracestore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.codec.MessageChecksum;
import io.tracestore.codec.ReflowJson;
import io.tracestore.model.Bytes;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.provider.sqlite.SqliteConfig;
import io.tracestore.spi.TraceStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contents of messages are compared with their checksums on demand. */
class VerifyContentTest {
  private static final TraceId TRACE = new TraceId(new UUID(0, 1));
  private static final String CHECKSUM = MessageChecksum.of(ReflowJson.readValue("{\"id\":1}"));

  @TempDir private Path folder;

  private static TraceEvent event(int number, MessageSnapshot message) {
    return TraceEvent.builder(TraceEventType.MESSAGE_SENT, "a")
        .eventId(new EventId(new UUID(0, number)))
        .data(TraceEventData.builder().message(message).build())
        .build();
  }

  private static MessageSnapshot message(String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return new MessageSnapshot("order", bytes.length, CHECKSUM, Bytes.of(bytes));
  }

  private String stored(TraceEvent... events) {
    Path file = folder.resolve("t.db");
    try (TraceStore store = SqliteConfig.of(file.toString()).open()) {
      store.storeTrace(FlowTrace.builder("flow").traceId(TRACE).events(List.of(events)).build());
    }
    return "sqlite:" + file;
  }

  @Test
  void content_that_differs_from_its_checksum_is_named_and_is_a_failure() {
    String uri =
        stored(
            event(1, message("{\"id\":1}")),
            event(2, message("{\"id\":2}")),
            event(3, MessageSnapshot.withoutContent("order", 8)));
    assertThat(CliRun.of("show", "--verify-content", uri, TRACE.toString()))
        .isEqualTo(
            new CliRun(
                1,
                """
                content of messages: 1 match their checksum, 1 differ, 1 have no checksum or content
                differs: event 00000000-0000-0000-0000-000000000002
                """,
                ""));
  }

  @Test
  void content_that_matches_its_checksum_is_a_success() {
    String uri = stored(event(1, message("{ \"id\": 1 }")));
    assertThat(CliRun.of("show", "--verify-content", "--json", uri, TRACE.toString()))
        .isEqualTo(new CliRun(0, "{\"differing\":[],\"matching\":1,\"notChecked\":0}\n", ""));
  }
}
