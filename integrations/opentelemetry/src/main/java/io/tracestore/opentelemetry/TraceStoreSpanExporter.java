package io.tracestore.opentelemetry;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.tracestore.TraceStores;
import io.tracestore.migration.otlp.OtlpSpans;
import io.tracestore.migration.pieces.TracePieces;
import io.tracestore.migration.spans.Origin;
import io.tracestore.migration.spans.Span;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Stores spans as traces, as an import of OTLP does.
 *
 * <p>{@link #export} stores the events of a batch before it returns. A trace gets its header, by
 * which queries find it, a second after its root span has ended; or, if the root runs elsewhere,
 * when no span of it came for the quiet time. {@link #flush} and {@link #shutdown} do not wait for
 * that second. Spans that come later are added.
 *
 * <p>What cannot be stored is a failed result, with the reason as its throwable. The first failure
 * in a row is logged as a warning. Safe for many threads.
 */
public final class TraceStoreSpanExporter implements SpanExporter {
  /** How long a trace without an ended root waits for more spans, unless said otherwise. */
  public static final Duration DEFAULT_QUIET_TIME = Duration.ofSeconds(30);

  private static final Logger LOG = Logger.getLogger(TraceStoreSpanExporter.class.getName());

  private final TracePieces pieces;
  private final @Nullable TraceStore owned;
  private final AtomicBoolean isShutDown = new AtomicBoolean();
  private final AtomicBoolean isFailing = new AtomicBoolean();

  private TraceStoreSpanExporter(TraceStore store, @Nullable TraceStore owned, Duration quietTime) {
    if (quietTime.isNegative() || quietTime.isZero()) {
      throw new IllegalArgumentException("quietTime must be positive: " + quietTime);
    }
    this.pieces = new TracePieces(store, quietTime);
    this.owned = owned;
  }

  /** An exporter to {@code store}, which stays open at a shutdown. */
  public static TraceStoreSpanExporter create(TraceStore store) {
    return create(store, DEFAULT_QUIET_TIME);
  }

  /**
   * An exporter to {@code store}, which stays open at a shutdown.
   *
   * @param quietTime how long a trace without an ended root waits for more spans
   * @throws IllegalArgumentException if {@code quietTime} is not positive
   */
  public static TraceStoreSpanExporter create(TraceStore store, Duration quietTime) {
    return new TraceStoreSpanExporter(Objects.requireNonNull(store, "store"), null, quietTime);
  }

  /**
   * An exporter to the store at {@code uri}, which a shutdown closes.
   *
   * @param quietTime how long a trace without an ended root waits for more spans
   * @throws IllegalArgumentException if {@code quietTime} is not positive
   * @throws TraceStoreException as {@link TraceStores#open(String)} does
   */
  public static TraceStoreSpanExporter open(String uri, Duration quietTime) {
    TraceStore store = TraceStores.open(uri);
    try {
      return new TraceStoreSpanExporter(store, store, quietTime);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    return isShutDown.get() ? CompletableResultCode.ofFailure() : attempt(() -> store(spans));
  }

  /** Stores what can be stored; throws if that is not everything. */
  private void store(Collection<SpanData> batch) {
    Map<String, Integer> refused = new LinkedHashMap<>();
    List<Span> spans = spans(batch, refused);
    pieces.add(Origin.OTLP, spans).forEach((why, count) -> refused.merge(why, count, Integer::sum));
    if (!refused.isEmpty()) {
      throw new TraceStoreException(
          "%d of %d spans were refused: %s"
              .formatted(
                  refused.values().stream().mapToInt(Integer::intValue).sum(),
                  batch.size(),
                  refused.keySet().iterator().next()),
          null);
    }
  }

  private static List<Span> spans(Collection<SpanData> batch, Map<String, Integer> refused) {
    SpanObjects objects = new SpanObjects();
    OtlpSpans otlp = new OtlpSpans();
    List<Span> spans = new ArrayList<>(batch.size());
    for (SpanData span : batch) {
      try {
        otlp.resource(objects.resource(span.getResource()));
        otlp.scope(objects.scope(span.getInstrumentationScopeInfo()));
        spans.add(otlp.span(objects.span(span), objects.takeRepaired()));
      } catch (IllegalArgumentException e) {
        refused.merge(String.valueOf(e.getMessage()), 1, Integer::sum);
      }
    }
    return spans;
  }

  /** Completes the traces whose root has ended. What was exported is stored already. */
  @Override
  public CompletableResultCode flush() {
    return isShutDown.get() ? CompletableResultCode.ofSuccess() : attempt(this::completeEnded);
  }

  private void completeEnded() {
    if (!pieces.completeEnded()) {
      throw new TraceStoreException("a trace that has ended could not be completed now", null);
    }
  }

  /** Completes what can be completed, and closes the store if {@link #open} opened it. */
  @Override
  public CompletableResultCode shutdown() {
    return isShutDown.getAndSet(true) ? CompletableResultCode.ofSuccess() : attempt(this::stop);
  }

  private void stop() {
    try (owned;
        pieces) {
      completeEnded();
    }
  }

  private CompletableResultCode attempt(Runnable work) {
    try {
      work.run();
      isFailing.set(false);
      return CompletableResultCode.ofSuccess();
    } catch (RuntimeException e) {
      Level level = isFailing.getAndSet(true) ? Level.FINE : Level.WARNING;
      LOG.log(level, e, () -> "cannot store spans: " + e.getMessage());
      return CompletableResultCode.ofExceptionalFailure(e);
    }
  }

  @Override
  public String toString() {
    return "TraceStoreSpanExporter";
  }
}
