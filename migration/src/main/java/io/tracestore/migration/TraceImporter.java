package io.tracestore.migration;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceIdCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.internal.TraceWeight;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stores the traces of files, in batches, and reports exactly what it did. The next batch is read
 * while one is stored.
 *
 * <p>The faulty parts of a file are left out and reported; the rest is stored. Importing the same
 * file again changes nothing. Memory stays bounded, however large the files are. Not safe for
 * several threads; an interrupted thread's import ends with an exception, after the batch that is
 * being stored.
 */
public final class TraceImporter {
  private static final int BATCH_TRACES = 500;
  private static final int BATCH_EVENTS = 20_000;

  private final Supplier<TraceStore> opener;
  private final ImportListener listener;

  /** Two batches are held at once: one is stored, and the next one read. */
  private final long batchBytes = Math.min(16 << 20, Runtime.getRuntime().maxMemory() / 64);

  private final Executor writer;
  private @Nullable CompletableFuture<Outcome> underWay;
  private final List<TraceSource.Read> batch = new ArrayList<>();
  private long weight;
  private int events;

  /** Whether the store was empty; for the thread that stores. */
  private @Nullable Boolean wasEmpty;

  private long read;
  private long stored;
  private long storedEvents;
  private long rejected;
  private final Map<String, Long> passedOver = new TreeMap<>();
  private final List<Rejection> rejections = new ArrayList<>();

  /**
   * @param writer runs one task after the other
   */
  private TraceImporter(Supplier<TraceStore> opener, ImportListener listener, Executor writer) {
    this.writer = writer;
    this.opener = Objects.requireNonNull(opener, "opener");
    this.listener = Objects.requireNonNull(listener, "listener");
  }

  /**
   * Imports {@code files}.
   *
   * @param format their format; null to find it out for each file
   * @throws ImportFailedException if the store cannot go on; it says what was stored until then
   */
  public static ImportReport importFiles(
      TraceStore store, List<Path> files, @Nullable TraceFormat format, ImportListener listener) {
    try (TraceSource source = TraceFiles.open(files, format, listener)) {
      return importAll(store, source, listener);
    }
  }

  /**
   * Imports everything that {@code source} gives; the caller closes it.
   *
   * @throws ImportFailedException if the store cannot go on; it says what was stored until then
   */
  public static ImportReport importAll(
      TraceStore store, TraceSource source, ImportListener listener) {
    Objects.requireNonNull(store, "store");
    return importAll(() -> store, source, listener);
  }

  /**
   * Imports everything that {@code source} gives; the caller closes it. The store is asked for when
   * the first traces are to be stored, and not at all if there are none.
   *
   * @param opener gives the same store each time; the caller closes it
   * @throws ImportFailedException if the store cannot go on; it says what was stored until then
   */
  public static ImportReport importAll(
      Supplier<TraceStore> opener, TraceSource source, ImportListener listener) {
    try (ExecutorService writer =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("tracestore-import").factory())) {
      return new TraceImporter(opener, listener, writer).run(source);
    }
  }

  private ImportReport run(TraceSource source) {
    try {
      for (Optional<TraceSource.Item> next = source.next();
          next.isPresent();
          next = source.next()) {
        if (Thread.currentThread().isInterrupted()) {
          throw new TraceStoreException("interrupted while importing", null);
        }
        switch (next.get()) {
          case TraceSource.Read item -> add(item);
          case TraceSource.Part item -> add(item);
          case TraceSource.PassedOver item -> passedOver.merge(item.what(), 1L, Long::sum);
          case TraceSource.Refused item -> reject(item.rejection());
        }
      }
      storeBatch();
      settle();
      return report();
    } catch (TraceStoreException e) {
      throw failed(e);
    }
  }

  /** The exception that ends the import for {@code cause}; counts what is under way first. */
  private ImportFailedException failed(TraceStoreException cause) {
    try {
      settle();
    } catch (TraceStoreException other) {
      cause.addSuppressed(other);
    }
    return new ImportFailedException(report(), cause);
  }

  private void add(TraceSource.Read item) {
    read++;
    FlowTrace trace = item.trace();
    long bytes = TraceWeight.of(trace);
    boolean full =
        batch.size() == BATCH_TRACES
            || events + trace.events().size() > BATCH_EVENTS
            || weight + bytes > batchBytes;
    if (full) {
      storeBatch();
    }
    batch.add(item);
    weight += bytes;
    events += trace.events().size();
  }

  /** Stores events before their trace, so that no reader finds a part of it. */
  private void add(TraceSource.Part item) {
    storeBatch();
    settle();
    TraceStore store = opener.get();
    FlowTrace trace = item.trace();
    try {
      if (store.getHeader(trace.traceId()).isPresent()) {
        store.storeTrace(trace); // refused, if it is another trace
      } else {
        store.storeEvents(trace.traceId(), trace.events());
      }
      storedEvents += trace.events().size();
    } catch (StoreConflictException | CorruptDataException e) {
      reject(notStored(item.source(), item.position(), e));
    }
  }

  private static Rejection notStored(String source, String position, TraceStoreException cause) {
    return new Rejection(source, position + ": not stored: " + cause.getMessage());
  }

  /** Begins to store the batch, as soon as the one before is stored. */
  private void storeBatch() {
    settle();
    if (batch.isEmpty()) {
      return;
    }
    List<TraceSource.Read> items = List.copyOf(batch);
    batch.clear();
    weight = 0;
    events = 0;
    underWay = CompletableFuture.supplyAsync(() -> store(items), writer);
  }

  /**
   * The result of storing a batch.
   *
   * @param thrown the exception that says what was not stored; null if all was
   */
  private record Outcome(List<TraceSource.Read> items, @Nullable TraceStoreException thrown) {
    List<BatchStoreException.Failure> failures() {
      return thrown instanceof BatchStoreException some ? some.failures() : List.of();
    }
  }

  private Outcome store(List<TraceSource.Read> items) {
    try {
      TraceStore store = opener.get();
      store.storeTraces(withStoredPieces(store, items));
      return new Outcome(items, null);
    } catch (TraceStoreException e) {
      return new Outcome(items, e);
    }
  }

  /** Waits for the batch that is being stored, also if interrupted, and counts it. */
  private void settle() {
    CompletableFuture<Outcome> future = underWay;
    if (future == null) {
      return;
    }
    underWay = null;
    Outcome outcome = outcomeOf(future);
    TraceStoreException thrown = outcome.thrown();
    if (thrown != null && !(thrown instanceof BatchStoreException)) {
      throw thrown;
    }
    List<TraceSource.Read> items = outcome.items();
    List<BatchStoreException.Failure> failures = outcome.failures();
    stored += items.size() - failures.size();
    storedEvents += items.stream().mapToLong(item -> item.trace().events().size()).sum();
    for (BatchStoreException.Failure failure : failures) {
      TraceSource.Read item = items.get(failure.index());
      storedEvents -= item.trace().events().size();
      reject(notStored(item.source(), item.position(), failure.cause()));
    }
    listener.stored(stored);
    if (thrown != null && !concernsTracesOnly(failures, items.size())) {
      throw thrown;
    }
  }

  private static Outcome outcomeOf(CompletableFuture<Outcome> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw e;
      }
    }
  }

  /**
   * The traces together with what is stored of them, where they came in pieces. A store that was
   * empty has none: within one import each trace comes once.
   */
  private List<FlowTrace> withStoredPieces(TraceStore store, List<TraceSource.Read> items) {
    if (wasEmpty == null) {
      wasEmpty = isEmpty(store);
    }
    List<FlowTrace> traces = items.stream().map(TraceSource.Read::trace).toList();
    return wasEmpty ? traces : StoredPieces.of(store, traces);
  }

  private static boolean isEmpty(TraceStore store) {
    try (TraceIdCursor early = store.openEarlyTraces()) {
      return store.count(TraceQuery.ALL) == 0 && !early.hasNext();
    }
  }

  /** Whether a failure lies in the traces themselves, so that the next batch may well be stored. */
  private static boolean concernsTracesOnly(
      List<BatchStoreException.Failure> failures, int batchSize) {
    return failures.stream()
        .map(BatchStoreException.Failure::cause)
        .allMatch(cause ->
            cause instanceof StoreConflictException
                || cause instanceof CorruptDataException
                || (cause instanceof StoreCapacityException && failures.size() < batchSize));
  }

  private void reject(Rejection rejection) {
    rejected++;
    if (rejections.size() < ImportReport.SHOWN_REJECTIONS) {
      rejections.add(rejection);
    }
    listener.rejected(rejection);
  }

  private ImportReport report() {
    return new ImportReport(read, stored, storedEvents, rejected, rejections, passedOver);
  }
}
