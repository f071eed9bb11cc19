package io.tracestore.provider.postgresql;

import io.tracestore.TraceStores;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.config.StoreUri;
import io.tracestore.testing.postgresql.PostgresServer;
import io.tracestore.testing.postgresql.PostgresServers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;

/** Base of the provider's tests: stores that are closed and removed, and traces by number. */
abstract class PostgresTests {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final List<TraceStore> open = new ArrayList<>();
  private final List<String> uris = new ArrayList<>();

  PostgresServer server() {
    return PostgresServers.main();
  }

  /** The URI of a store in a new schema, which is removed in the end. */
  String newUri(String options) {
    String uri = server().newStoreUri(options);
    uris.add(uri);
    return uri;
  }

  /** Opens a store that is closed in the end. */
  final TraceStore open(String uri) {
    TraceStore store = TraceStores.open(uri);
    open.add(store);
    return store;
  }

  final TraceStore openNew(String options) {
    return open(newUri(options));
  }

  @AfterEach
  void closeAndRemove() {
    open.forEach(TraceStore::close);
    open.clear();
    uris.forEach(uri -> server().drop(uri));
    uris.clear();
  }

  /** The name of a store's schema, without the quotes around it. */
  static String nameOfSchema(String uri) {
    return PostgresServer.schemaOf(uri).replace("\"", "");
  }

  /** Trace {@code number}, finished, with five events, that started then. */
  static FlowTrace trace(long number, Instant start) {
    return trace(number, start, 5);
  }

  static FlowTrace trace(long number, Instant start, int events) {
    UUID id = new UUID(number, 0x8000_0000_0000_0000L);
    return FlowTrace.builder("flow " + number % 10)
        .traceId(new TraceId(id))
        .executionId(new ExecutionId(id))
        .version(FlowVersion.of(1, 2, 3))
        .startTime(start)
        .endTime(start.plusMillis(number % 5000))
        .status(
            number % 50 == 0
                ? ExecutionStatus.failed("error " + number % 7)
                : ExecutionStatus.completed())
        .metadata(
            TraceMetadata.builder()
                .environment("production")
                .userId("user " + number % 1000)
                .tag("region", "r" + number % 3)
                .build())
        .events(IntStream.range(0, events).mapToObj(i -> event(number, i, start)).toList())
        .build();
  }

  static TraceEvent event(long trace, int number, Instant start) {
    return TraceEvent.builder(TraceEventType.ACTOR_STARTED, "actor " + number % 4)
        .eventId(new EventId(new UUID(trace, 0x8000_0000_0000_0000L | number)))
        .timestamp(start.plusNanos(number))
        .build();
  }

  /** Whether the upkeep that begins with the open of {@code uri} has ended for now. */
  static boolean isUpkeepAsleep(String uri) {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey().getName().contains("maintenance"))
        .filter(thread ->
            StoreUri.percentDecode(thread.getKey().getName(), "the name")
                .contains(nameOfSchema(uri)))
        .anyMatch(thread ->
            thread.getKey().getState() == Thread.State.TIMED_WAITING
                && Arrays.stream(thread.getValue())
                    .noneMatch(frame -> frame.getMethodName().equals("runOnce")));
  }

  /** How many statements wait for a lock, of those for which {@code condition} holds. */
  final int waitingForLocks(String uri, String condition) {
    String waiting =
        "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND " + condition;
    return server().select(uri, waiting).size();
  }

  /** Waits until it is so; a test that waits in vain fails. */
  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("in vain waited for: " + what);
      }
      Thread.onSpinWait();
    }
  }
}
