package io.tracestore.zipkin;

import io.tracestore.migration.pieces.TracePieces;
import io.tracestore.migration.spans.Origin;
import io.tracestore.migration.spans.SpanEvents;
import io.tracestore.model.TraceId;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import zipkin2.Call;
import zipkin2.CheckResult;
import zipkin2.DependencyLink;
import zipkin2.Span;
import zipkin2.storage.AutocompleteTags;
import zipkin2.storage.QueryRequest;
import zipkin2.storage.ServiceAndSpanNames;
import zipkin2.storage.SpanConsumer;
import zipkin2.storage.SpanStore;
import zipkin2.storage.StorageComponent;
import zipkin2.storage.Traces;

/**
 * Zipkin's storage over any {@link TraceStore}.
 *
 * <p><b>Writing.</b> A call that accepts spans returns when their events are stored; they are read
 * at once. The header of a trace is stored when its root span has ended and a moment has passed, or
 * when no span came for the {@linkplain Builder#quietTime quiet time}. Reports of one span are put
 * together; accepting one again changes nothing.
 *
 * <p><b>Reading.</b> Traces of every origin are spans to Zipkin, as the export to Zipkin writes
 * them. The time of a trace is that of its earliest span. Traces without a header yet are searched
 * if this object stored them, or found them when it was made; by its id any trace is found.
 *
 * <p><b>Errors.</b> Calls throw {@link TraceStoreException}s as the store does, and {@link
 * IllegalArgumentException} for spans that cannot be stored; the others of the call are.
 *
 * <p>Safe for many threads. The store stays the caller's, who closes it after this storage.
 */
public final class TracestoreStorage extends StorageComponent {
  private static final Duration CHECK_LIMIT = Duration.ofSeconds(5);

  private final TraceStore store;
  private final TracePieces pieces;
  private final boolean ownsPieces;
  private final boolean searchEnabled;
  private final List<String> autocompleteKeys;
  private final TraceGroups groups;
  private final TraceSearch search;
  private final NameLists names;
  private final StoreCall.Factory calls = new StoreCall.Factory();

  private TracestoreStorage(Builder builder) {
    TracePieces given = builder.pieces;
    this.store = builder.store;
    this.ownsPieces = given == null;
    this.pieces = given == null ? new TracePieces(store, builder.quietTime) : given;
    this.searchEnabled = builder.searchEnabled;
    this.autocompleteKeys = builder.autocompleteKeys;
    this.groups = new TraceGroups(store, pieces, builder.strictTraceId);
    this.search = new TraceSearch(store, pieces, groups);
    this.names = new NameLists(store, pieces, search);
  }

  /** A builder of a storage that keeps its spans in {@code store}. */
  public static Builder newBuilder(TraceStore store) {
    return new Builder(store);
  }

  @Override
  public SpanConsumer spanConsumer() {
    return spans -> calls.of(() -> store(spans));
  }

  private void store(List<Span> spans) {
    Map<String, Integer> refused = pieces.add(Origin.ZIPKIN, SpanForms.toOurs(spans));
    if (!refused.isEmpty()) {
      throw new IllegalArgumentException("spans that cannot be stored: " + refused);
    }
  }

  @Override
  public Traces traces() {
    return new StoredTraces();
  }

  @Override
  public SpanStore spanStore() {
    return new StoredSpans();
  }

  @Override
  public ServiceAndSpanNames serviceAndSpanNames() {
    return new StoredNames();
  }

  @Override
  public AutocompleteTags autocompleteTags() {
    return new StoredTags();
  }

  @Override
  public CheckResult check() {
    try {
      boolean unused = store.healthCheck(CHECK_LIMIT).warnings().isEmpty();
      return CheckResult.OK;
    } catch (TraceStoreException e) {
      return CheckResult.failed(e);
    }
  }

  @Override
  public boolean isOverCapacity(Throwable e) {
    return e instanceof StoreCapacityException
        || e instanceof StoreTimeoutException
        || super.isOverCapacity(e);
  }

  /** Completes what can be completed now; the store stays open. */
  @Override
  public void close() {
    if (ownsPieces) {
      pieces.close();
    }
  }

  @Override
  public String toString() {
    return "TracestoreStorage{" + store + "}";
  }

  private final class StoredTraces implements Traces {
    @Override
    public Call<List<Span>> getTrace(String traceId) {
      TraceId id = SpanEvents.traceId(traceId);
      return calls.of(() -> groups.spans(id));
    }

    @Override
    public Call<List<List<Span>>> getTraces(Iterable<String> traceIds) {
      Map<Object, TraceId> ids = new LinkedHashMap<>();
      for (String traceId : traceIds) {
        TraceId id = SpanEvents.traceId(traceId);
        ids.putIfAbsent(groups.key(id), id);
      }
      return calls.of(() ->
          ids.values().stream().map(groups::spans).filter(spans -> !spans.isEmpty()).toList());
    }
  }

  @SuppressWarnings(
      "deprecation") // some of its methods must be there although nobody should call them
  private final class StoredSpans implements SpanStore {
    @Override
    public Call<List<List<Span>>> getTraces(QueryRequest request) {
      return searched(() -> search.search(request));
    }

    @Override
    public Call<List<DependencyLink>> getDependencies(long endTs, long lookback) {
      if (endTs <= 0) {
        throw new IllegalArgumentException("endTs <= 0");
      }
      if (lookback <= 0) {
        throw new IllegalArgumentException("lookback <= 0");
      }
      return calls.of(() ->
          ServiceLinks.of(store, pieces, TraceSearch.between(endTs - lookback, endTs).build()));
    }

    @Override
    public Call<List<Span>> getTrace(String traceId) {
      return traces().getTrace(traceId);
    }

    @Override
    public Call<List<String>> getServiceNames() {
      return serviceAndSpanNames().getServiceNames();
    }

    @Override
    public Call<List<String>> getSpanNames(String serviceName) {
      return serviceAndSpanNames().getSpanNames(serviceName);
    }
  }

  private final class StoredNames implements ServiceAndSpanNames {
    @Override
    public Call<List<String>> getServiceNames() {
      return searched(names::services);
    }

    @Override
    public Call<List<String>> getRemoteServiceNames(String serviceName) {
      return searched(() -> names.ofService(serviceName, Span::remoteServiceName));
    }

    @Override
    public Call<List<String>> getSpanNames(String serviceName) {
      return searched(() -> names.ofService(serviceName, Span::name));
    }
  }

  private final class StoredTags implements AutocompleteTags {
    @Override
    public Call<List<String>> getKeys() {
      return Call.create(autocompleteKeys);
    }

    @Override
    public Call<List<String>> getValues(String key) {
      return autocompleteKeys.contains(key)
          ? searched(() -> names.valuesOf(key))
          : Call.emptyList();
    }
  }

  private <V> Call<List<V>> searched(Supplier<List<V>> work) {
    return searchEnabled ? calls.of(work) : Call.emptyList();
  }

  /** Builds a {@link TracestoreStorage}; not safe for several threads. */
  public static final class Builder extends StorageComponent.Builder {
    private final TraceStore store;
    private boolean strictTraceId = true;
    private boolean searchEnabled = true;
    private List<String> autocompleteKeys = List.of();
    private Duration quietTime = Duration.ofSeconds(30);
    private @Nullable TracePieces pieces;

    private Builder(TraceStore store) {
      this.store = Objects.requireNonNull(store, "store");
    }

    @Override
    public Builder strictTraceId(boolean strictTraceId) {
      this.strictTraceId = strictTraceId;
      return this;
    }

    @Override
    public Builder searchEnabled(boolean searchEnabled) {
      this.searchEnabled = searchEnabled;
      return this;
    }

    @Override
    public Builder autocompleteKeys(List<String> keys) {
      this.autocompleteKeys = List.copyOf(keys);
      return this;
    }

    /** Does nothing: values are read from the traces, and not written beside them. */
    @Override
    public Builder autocompleteTtl(int autocompleteTtl) {
      return this;
    }

    /** Does nothing: values are read from the traces, and not written beside them. */
    @Override
    public Builder autocompleteCardinality(int autocompleteCardinality) {
      return this;
    }

    /**
     * After as long without a new span the header of a trace is stored, though its root span is
     * missing; 30 s by default.
     */
    public Builder quietTime(Duration quietTime) {
      this.quietTime = Objects.requireNonNull(quietTime, "quietTime");
      return this;
    }

    /** Traces in pieces that others add to as well; they close it. */
    @SuppressWarnings("exports") // for our server alone
    public Builder pieces(TracePieces pieces) {
      this.pieces = Objects.requireNonNull(pieces, "pieces");
      return this;
    }

    @Override
    public TracestoreStorage build() {
      return new TracestoreStorage(this);
    }
  }
}
