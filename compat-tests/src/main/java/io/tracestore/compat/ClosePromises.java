package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.Capability;
import io.tracestore.spi.EventRange;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Promise 9: a close waits for accepted writes and releases everything. */
abstract class ClosePromises extends StorePromises {

  @Test
  void closingAgainDoesNothing() {
    store().close();
    assertThatCode(store()::close).doesNotThrowAnyException();
  }

  @Test
  void afterTheCloseEveryMethodSaysThatTheStoreIsClosed() {
    store().storeTrace(Samples.trace(1));
    store().close();
    TraceId id = Samples.traceId(1);
    List<ThrowingCallable> calls =
        List.of(
            () -> store().storeTrace(Samples.trace(1)),
            () -> store().storeTraces(Samples.traces(0, 2)),
            () -> store().storeTraces(List.of()),
            () -> store().storeEvent(id, Samples.event(0)),
            () -> store().storeEvents(id, Samples.events(0, 2)),
            () -> store().storeEvents(id, List.of()),
            () -> store().getTrace(id),
            () -> store().getEvents(id),
            () -> store().getHeader(id),
            () -> store().openEvents(id, EventRange.ALL),
            () -> store().openEarlyTraces(),
            () -> store().names(NameKind.FLOW, null, null),
            () -> store().queryTraces(TraceQuery.ALL),
            () -> store().explain(TraceQuery.ALL),
            () -> store().openCursor(TraceQuery.ALL),
            () -> store().count(TraceQuery.ALL),
            () -> store().eventMetrics(EventMetricsQuery.ALL),
            () -> store().actorGraph(ActorGraphQuery.ALL),
            () -> store().deleteTrace(id),
            () -> store().deleteTraces(TraceQuery.ALL),
            () -> store().purgeBefore(Samples.T0),
            () -> store().sync(),
            () -> store().identity(),
            () -> store().files(),
            () -> store().healthCheck(),
            () -> store().metrics(),
            () -> store().unwrap(TraceStore.class));
    assertThat(calls)
        .allSatisfy(call -> assertThatThrownBy(call).isInstanceOf(StoreClosedException.class));
  }

  @Test
  void capabilitiesAreKnownAfterTheClose() {
    store().close();
    assertThat(store().capabilities()).isEqualTo(fixture().traits().capabilities());
  }

  @Test
  void aCallDuringTheCloseIsDoneOrSaysThatTheStoreIsClosed() throws InterruptedException {
    ConcurrentLinkedQueue<FlowTrace> returned = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    List<Thread> writers = startWritersAndClose(returned, thrown);
    for (Thread writer : writers) {
      writer.join();
    }
    assertThat(thrown)
        .allSatisfy(failure -> assertThat(failure).isInstanceOf(StoreClosedException.class))
        .hasSize(writers.size());
    if (fixture().traits().promise(Capability.PERSISTENT)) {
      kitStore().reopen();
      assertThat(returned)
          .allSatisfy(trace -> isAnswer(store().getTrace(trace.traceId()), Optional.of(trace)));
    }
  }

  /** Every writer goes on until a call throws. */
  private List<Thread> startWritersAndClose(
      ConcurrentLinkedQueue<FlowTrace> returned, ConcurrentLinkedQueue<Throwable> thrown)
      throws InterruptedException {
    CountDownLatch writing = new CountDownLatch(200);
    List<Thread> writers = new ArrayList<>();
    AtomicInteger next = new AtomicInteger();
    for (int i = 0; i < 20; i++) {
      writers.add(
          Thread.ofVirtual()
              .uncaughtExceptionHandler((thread, failure) -> thrown.add(failure))
              .start(() -> {
                while (true) {
                  FlowTrace trace = Samples.trace(next.getAndIncrement());
                  store().storeTrace(trace);
                  returned.add(trace);
                  writing.countDown();
                }
              }));
    }
    writing.await();
    store().close();
    return writers;
  }

  @Test
  void severalMayCloseAtOnce() throws InterruptedException {
    store().storeTraces(Samples.traces(0, 10));
    ConcurrentLinkedQueue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    List<Thread> closers =
        IntStream.range(0, 20)
            .mapToObj(i ->
                Thread.ofVirtual()
                    .uncaughtExceptionHandler((thread, failure) -> thrown.add(failure))
                    .start(store()::close))
            .toList();
    for (Thread closer : closers) {
      closer.join();
    }
    assertThat(thrown).isEmpty();
    assertThatThrownBy(() -> store().getTrace(Samples.traceId(1)))
        .isInstanceOf(StoreClosedException.class);
  }

  @Test
  void anOpenCursorDoesNotHinderTheClose() {
    store().storeTraces(Samples.traces(0, 1000));
    TraceCursor cursor = store().openCursor(TraceQuery.ALL);
    cursor.next();
    store().close();
    assertThatCode(cursor::close).doesNotThrowAnyException();
  }

  @Test
  void noThreadIsLeftAfterTheClose() throws InterruptedException {
    startWhatLivesAsLongAsTheJvm();
    Set<Thread> before = platformThreads();
    use(TraceStores.open(kitStore().uri()));
    assertThat(startedSince(before)).isEmpty();
  }

  @Test
  void noThreadIsLeftAfterAFailedOpen() throws InterruptedException {
    startWhatLivesAsLongAsTheJvm();
    Set<Thread> before = platformThreads();
    String wrong = UriPromises.withOption(kitStore().uri(), "noSuchOption", "1");
    assertThatThrownBy(() -> TraceStores.open(wrong))
        .isInstanceOf(StoreConfigurationException.class);
    assertThat(startedSince(before)).isEmpty();
  }

  private void startWhatLivesAsLongAsTheJvm() {
    use(store());
  }

  /** Threads that were not there before, and do not end. */
  private static List<Thread> startedSince(Set<Thread> before) throws InterruptedException {
    List<Thread> left = new ArrayList<>();
    for (Thread thread : platformThreads()) {
      if (!before.contains(thread) && !thread.join(KitSettings.patience())) {
        left.add(thread);
      }
    }
    return left;
  }

  private static void use(TraceStore store) {
    try (store) {
      store.storeTraces(Samples.traces(0, 50));
      store.queryTraces(TraceQuery.ALL);
      try (TraceCursor cursor = store.openCursor(TraceQuery.ALL)) {
        cursor.next();
      }
    }
  }

  /** Those of the application: the JVM starts the carriers of virtual threads when it likes. */
  private static Set<Thread> platformThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !thread.getClass().getName().startsWith("jdk.internal."))
        .collect(Collectors.toSet());
  }

  @Test
  void noFileIsLeftOpenAfterTheClose() throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    assumeTrue(Files.isDirectory(descriptors), "no /proc here to list open files");
    use(store());
    try (Stream<Path> open = Files.list(descriptors)) {
      Path directory = kitStore().directory().toRealPath();
      assertThat(open.map(ClosePromises::target).filter(file -> file.startsWith(directory)))
          .isEmpty();
    }
  }

  private static Path target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor);
    } catch (IOException e) {
      return descriptor; // closed in between
    }
  }

  @Test
  void aStoreMayBeOpenedAndClosedManyTimes() {
    store().close();
    for (int i = 0; i < 30; i++) {
      try (TraceStore again = TraceStores.open(kitStore().uri())) {
        again.storeTrace(Samples.trace(i));
      }
    }
    try (TraceStore last = TraceStores.open(kitStore().uri())) {
      boolean kept = fixture().traits().promise(Capability.PERSISTENT);
      assertThat(last.count(TraceQuery.ALL)).isEqualTo(kept ? 30 : 0);
    }
  }
}
