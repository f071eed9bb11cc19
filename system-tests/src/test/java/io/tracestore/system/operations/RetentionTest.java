package io.tracestore.system.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.RetentionPolicy;
import io.tracestore.TraceStores;
import io.tracestore.model.Bytes;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.spi.Capability;
import io.tracestore.spi.ForwardingTraceStore;
import io.tracestore.spi.StorageMetrics;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.config.StoreUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code retention} and {@code maxSize} remove the oldest traces in the background. */
@Timeout(120)
class RetentionTest {
  private static final int MIB = 1 << 20;

  @TempDir Path directory;

  private String file() {
    return "sqlite:" + directory.resolve("traces.db");
  }

  private static FlowTrace trace(int number, Instant start, int payload) {
    byte[] content = new byte[payload];
    new Random(number).nextBytes(content);
    return FlowTrace.builder("flow " + number)
        .startTime(start)
        .status(ExecutionStatus.completed())
        .events(
            List.of(
                TraceEvent.builder(TraceEventType.MESSAGE_SENT, "actor")
                    .timestamp(start)
                    .data(
                        TraceEventData.builder()
                            .message(MessageSnapshot.of("bytes", Bytes.of(content)))
                            .build())
                    .build()))
        .build();
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(100);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("the deadline").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private static long counter(TraceStore store, String name) {
    return store.metrics().counters().getOrDefault(name, -1L);
  }

  @Test
  void olderTracesAreRemovedAndTheRestStays() {
    Instant now = Instant.now();
    FlowTrace old = trace(1, now.minus(Duration.ofDays(31)), 10);
    FlowTrace young = trace(2, now.minus(Duration.ofDays(29)), 10);
    try (TraceStore store = TraceStores.open("mem:?retention=30d&retentionInterval=1ms")) {
      store.storeTrace(old);
      store.storeTrace(young);
      await(() -> counter(store, "retentionRemovedTraces") == 1);
      assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(young);
      assertThat(counter(store, "retentionFailures")).isZero();
    }
  }

  @Test
  void olderTracesAreRemovedWhenAStoreIsOpened() {
    try (TraceStore store = TraceStores.open(file())) {
      store.storeTrace(trace(1, Instant.now().minus(Duration.ofDays(2)), 10));
    }
    try (TraceStore store = TraceStores.open(file() + "?retention=1d")) {
      await(() -> counter(store, "retentionRuns") == 1);
      assertThat(store.count(TraceQuery.ALL)).isZero();
    }
  }

  @Test
  void aFileThatIsTooLargeLosesTheOldestAndGivesSpaceBack() throws IOException {
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    try (TraceStore store = TraceStores.open(file())) {
      for (int i = 0; i < 60; i++) {
        store.storeTrace(trace(i, start.plusSeconds(i), MIB / 2));
      }
    }
    Path path = directory.resolve("traces.db");
    assertThat(Files.size(path)).isGreaterThan(30L * MIB);
    try (TraceStore store = TraceStores.open(file() + "?maxSize=20MiB&retentionInterval=1ms")) {
      await(() -> store.metrics().storageBytes() <= 20L * MIB);
      await(() -> counter(store, "retentionRemovedTraces") > 0);
    }
    assertThat(Files.size(path)).isLessThanOrEqualTo(20L * MIB);
    try (TraceStore store = TraceStores.open(file())) {
      List<FlowTrace> left = store.queryTraces(TraceQuery.ALL);
      assertThat(left).hasSizeBetween(20, 39);
      assertThat(left.getFirst().flowId()).isEqualTo("flow 59");
      assertThat(left.getLast().flowId()).isEqualTo("flow " + (60 - left.size()));
    }
  }

  private static final String MIB_OF_MEMORY = "mem:?maxSize=1MiB&retentionInterval=1ms";

  private static List<FlowTrace> all(TraceStore store) {
    List<FlowTrace> all = new ArrayList<>();
    try (TraceCursor cursor = store.openCursor(TraceQuery.ALL)) {
      cursor.forEachRemaining(all::add);
    }
    return all;
  }

  private static void awaitRuns(TraceStore store, int more) {
    long runs = counter(store, "retentionRuns") + more;
    await(() -> counter(store, "retentionRuns") >= runs);
  }

  @Test
  void ofTracesWithOneStartOnlyAsManyGoAsExceedTheLimit() {
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    List<FlowTrace> traces =
        IntStream.range(0, 2_000)
            .mapToObj(i -> trace(i, start, 500))
            .sorted(FlowTrace.NEWEST_FIRST)
            .toList();
    RetentionPolicy policy = new RetentionPolicy(null, (long) MIB, Duration.ofMillis(1));
    TraceStore filled = TraceStores.open("mem:");
    filled.storeTraces(traces);
    try (TraceStore store = TraceStores.withRetention(filled, policy)) {
      awaitRuns(store, 2);

      List<FlowTrace> left = all(store);
      assertThat(left).isEqualTo(traces.subList(0, left.size()));
      assertThat(left).hasSizeLessThan(traces.size());
      assertThat(store.metrics().dataBytes()).isBetween(MIB * 85L / 100, (long) MIB);
      assertThat(store.healthCheck().warnings()).isEmpty();
    }
  }

  @Test
  void tracesWithinTheLimitStayThoughOldTracesAreLarger() {
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    List<FlowTrace> traces =
        IntStream.range(0, 300)
            .mapToObj(i -> trace(i, start.plusSeconds(i), i < 10 ? MIB / 10 : 300))
            .toList();
    RetentionPolicy policy = new RetentionPolicy(null, (long) MIB, Duration.ofMillis(1));
    TraceStore filled = TraceStores.open("mem:");
    filled.storeTraces(traces);
    try (TraceStore store = TraceStores.withRetention(filled, policy)) {
      awaitRuns(store, 2);

      assertThat(all(store)).containsAll(traces.subList(10, 300));
      assertThat(store.metrics().dataBytes()).isLessThanOrEqualTo(MIB);
    }
  }

  @Test
  void eventsWithoutATraceThatAreOlderThanAllTracesGoFirst() {
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    List<FlowTrace> traces =
        IntStream.range(0, 100).mapToObj(i -> trace(i, start.plusSeconds(i), 300)).toList();
    try (TraceStore store = TraceStores.open(MIB_OF_MEMORY)) {
      store.storeTraces(traces);
      trace(1, start.minusSeconds(1), 2 * MIB)
          .events()
          .forEach(event -> store.storeEvent(TraceId.random(), event));
      awaitRuns(store, 2);

      assertThat(all(store)).containsExactlyInAnyOrderElementsOf(traces);
      assertThat(store.metrics().dataBytes()).isLessThanOrEqualTo(MIB);
    }
  }

  @Test
  void whereThereAreOnlyEventsWithoutATraceTheOldOnesGo() {
    TraceId old = TraceId.random();
    TraceId young = TraceId.random();
    Instant now = Instant.now();
    try (TraceStore store = TraceStores.open(MIB_OF_MEMORY)) {
      store.storeEvents(old, trace(1, now.minus(Duration.ofDays(9)), 2 * MIB).events());
      store.storeEvents(young, trace(2, now, 100).events());
      awaitRuns(store, 2);

      assertThat(store.getEvents(old)).isEmpty();
      assertThat(store.getEvents(young)).hasSize(1);
    }
  }

  /** A store whose engine gives no space back. */
  private static final class Keeping extends ForwardingTraceStore {
    Keeping(TraceStore store) {
      super(store);
    }

    @Override
    public StorageMetrics metrics() {
      return super.metrics().toBuilder().storageBytes(100L * MIB).dataBytes(100L * MIB).build();
    }
  }

  @Test
  void whereRemovingGainsNothingItEndsAndTheHealthCheckWarnsAlsoAfterRestarts() {
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    RetentionPolicy policy = new RetentionPolicy(null, (long) MIB, Duration.ofMillis(1));
    try (TraceStore store = TraceStores.open("mem:keeping")) {
      store.storeTraces(
          IntStream.range(0, 2_000).mapToObj(i -> trace(i, start.plusSeconds(i), 10)).toList());
      for (int restart = 1; restart <= 3; restart++) {
        try (TraceStore retaining =
            TraceStores.withRetention(new Keeping(TraceStores.open("mem:keeping")), policy)) {
          awaitRuns(retaining, 5);
          assertThat(retaining.healthCheck().warnings())
              .anyMatch(warning -> warning.startsWith("maxSize cannot be kept"));
        }
      }
      // At most a few are tried each time, not a share of all.
      assertThat(store.count(TraceQuery.ALL)).isGreaterThan(1_800);
    }
  }

  @Test
  void writersGoOnWhileTracesAreRemoved() throws InterruptedException {
    Instant old = Instant.now().minus(Duration.ofDays(2));
    Instant now = Instant.now();
    List<FlowTrace> toGo =
        IntStream.range(0, 5_000).mapToObj(i -> trace(i, old.plusSeconds(i), 100)).toList();
    try (TraceStore store = TraceStores.open(file())) {
      store.storeTraces(toGo);
    }
    try (TraceStore store = TraceStores.open(file() + "?retention=1d&retentionInterval=1ms")) {
      AtomicBoolean stop = new AtomicBoolean();
      int[] written = new int[1];
      Thread writer =
          Thread.startVirtualThread(() -> {
            while (!stop.get()) {
              store.storeTrace(trace(written[0], now.plusSeconds(written[0]), 100));
              written[0]++;
            }
          });
      await(() -> counter(store, "retentionRemovedTraces") == toGo.size());
      stop.set(true);
      writer.join();
      assertThat(written[0]).isPositive();
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(written[0]);
    }
  }

  @Test
  void aFailedRunIsCountedAndTriedAgain() {
    TraceStores.open(file()).close();
    try (TraceStore store =
        TraceStores.open(file() + "?readOnly=true&retention=1d&retentionInterval=1ms")) {
      await(() -> counter(store, "retentionFailures") >= 2);
      assertThat(counter(store, "retentionRemovedTraces")).isZero();
      assertThat(store.healthCheck().warnings())
          .anyMatch(warning -> warning.startsWith("old traces could not be removed: "));
    }
  }

  @Test
  void aStoreThatRemovesOldTracesSaysSo() {
    try (TraceStore store = TraceStores.open(file() + "?retention=1d")) {
      assertThat(store.capabilities()).contains(Capability.EVICTING, Capability.DURABLE);
    }
    try (TraceStore store = TraceStores.open(file() + "?retention=0&maxSize=0")) {
      assertThat(store.capabilities()).doesNotContain(Capability.EVICTING);
    }
  }

  @Test
  void aPolicyMayBeGivenToAnOpenStore() {
    TraceStore store = TraceStores.open("mem:");
    store.storeTrace(trace(1, Instant.now().minus(Duration.ofDays(2)), 10));
    RetentionPolicy policy = RetentionPolicy.ofAge(Duration.ofDays(1));
    try (TraceStore retaining = TraceStores.withRetention(store, policy)) {
      await(() -> counter(retaining, "retentionRuns") == 1);
      assertThat(retaining.count(TraceQuery.ALL)).isZero();
    }
    assertThatThrownBy(() -> store.count(TraceQuery.ALL)).hasMessageContaining("closed");
  }

  @Test
  void noThreadIsLeftAfterTheClose() {
    TraceStores.open("mem:?retention=1d&retentionInterval=1ms").close();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("tracestore-retention"));
  }

  @Test
  void aProviderSeesNoneOfTheCommonOptions() {
    StoreUri uri = StoreUri.parse(file() + "?retention=1d&cacheSizeMb=8");
    try (TraceStore store = TraceStores.open(uri)) {
      assertThat(store).asString().contains("cacheSizeMb=8").doesNotContain("retention");
    }
  }

  @Test
  void aWrongOptionIsNamed() {
    assertThatThrownBy(() -> TraceStores.open("mem:?retention=soon"))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("option 'retention'");
    assertThatThrownBy(() -> TraceStores.open("mem:?retension=1d"))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("'retention'");
  }

  @Test
  void aPolicyThatMakesNoSenseIsRefusedByName() {
    assertThatThrownBy(() -> new RetentionPolicy(null, null, Duration.ofDays(1)))
        .hasMessage("a retention policy needs maxAge or maxBytes");
    assertThatThrownBy(() -> RetentionPolicy.ofAge(Duration.ZERO))
        .hasMessage("maxAge must be positive: PT0S");
    assertThatThrownBy(() -> RetentionPolicy.ofSize(-1))
        .hasMessage("maxBytes must be positive: -1");
    assertThatThrownBy(() -> new RetentionPolicy(Duration.ofDays(1), null, Duration.ZERO))
        .hasMessage("interval must be positive and at most 365 days: PT0S");
  }
}
