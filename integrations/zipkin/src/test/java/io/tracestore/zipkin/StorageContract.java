package io.tracestore.zipkin;

import io.tracestore.migration.pieces.TracePieces;
import io.tracestore.model.EpochNanos;
import io.tracestore.spi.TraceStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import zipkin2.storage.ITAutocompleteTags;
import zipkin2.storage.ITDependencies;
import zipkin2.storage.ITDependenciesHeavy;
import zipkin2.storage.ITSearchEnabledFalse;
import zipkin2.storage.ITServiceAndSpanNames;
import zipkin2.storage.ITSpanStore;
import zipkin2.storage.ITSpanStoreHeavy;
import zipkin2.storage.ITStrictTraceIdFalse;
import zipkin2.storage.ITTraces;
import zipkin2.storage.StorageComponent;

/** Zipkin's contract of a storage: the tests that all of its own storages pass. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class StorageContract {
  private static final Duration QUIET_TIME = Duration.ofMinutes(1);

  private @Nullable TraceStore store;
  private @Nullable TracePieces pieces;

  /** The store that all tests use, each with a storage of its own. */
  abstract TraceStore open() throws Exception;

  /** Called after each write. */
  void written(TracePieces pieces) {}

  @AfterEach
  void closePieces() {
    if (pieces != null) {
      pieces.close();
    }
  }

  @AfterAll
  void closeStore() {
    if (store != null) {
      store.close();
    }
  }

  private StorageComponent.Builder newStorage() {
    try {
      TraceStore opened = store == null ? open() : store;
      store = opened;
      long unused = opened.purgeBefore(EpochNanos.MAX);
      TracePieces fresh = new TracePieces(opened, QUIET_TIME);
      pieces = fresh;
      return TracestoreStorage.newBuilder(opened).pieces(fresh);
    } catch (Exception e) {
      throw new IllegalStateException("the store cannot be opened", e);
    }
  }

  private void written() {
    if (pieces != null) {
      written(pieces);
    }
  }

  @Nested
  class TracesTest extends ITTraces<TracestoreStorage> {
    @Override
    protected boolean initializeStoragePerTest() {
      return true;
    }

    @Override
    protected boolean returnsRawSpans() {
      return false;
    }

    @Override
    protected StorageComponent.Builder newStorageBuilder(TestInfo test) {
      return newStorage();
    }

    @Override
    protected void blockWhileInFlight() {
      written();
    }

    @Override
    protected void clear() {}
  }

  @Nested
  class SpanStoreTest extends ITSpanStore<TracestoreStorage> {
    @Override
    protected boolean initializeStoragePerTest() {
      return true;
    }

    @Override
    protected boolean returnsRawSpans() {
      return false;
    }

    @Override
    protected StorageComponent.Builder newStorageBuilder(TestInfo test) {
      return newStorage();
    }

    @Override
    protected void blockWhileInFlight() {
      written();
    }

    @Override
    protected void clear() {}
  }

  @Nested
  class SpanStoreHeavyTest extends ITSpanStoreHeavy<TracestoreStorage> {
    @Override
    protected boolean initializeStoragePerTest() {
      return true;
    }

    @Override
    protected boolean returnsRawSpans() {
      return false;
    }

    @Override
    protected StorageComponent.Builder newStorageBuilder(TestInfo test) {
      return newStorage();
    }

    @Override
    protected void blockWhileInFlight() {
      written();
    }

    @Override
    protected void clear() {}
  }

  @Nested
  class StrictTraceIdFalseTest extends ITStrictTraceIdFalse<TracestoreStorage> {
    @Override
    protected boolean initializeStoragePerTest() {
      return true;
    }

    @Override
    protected boolean returnsRawSpans() {
      return false;
    }

    @Override
    protected StorageComponent.Builder newStorageBuilder(TestInfo test) {
      return newStorage();
    }

    @Override
    protected void blockWhileInFlight() {
      written();
    }

    @Override
    protected void clear() {}
  }

  @Nested
  class SearchEnabledFalseTest extends ITSearchEnabledFalse<TracestoreStorage> {
    @Override
    protected boolean initializeStoragePerTest() {
      return true;
    }

    @Override
    protected boolean returnsRawSpans() {
      return false;
    }

    @Override
    protected StorageComponent.Builder newStorageBuilder(TestInfo test) {
      return newStorage();
    }

    @Override
    protected void blockWhileInFlight() {
      written();
    }

    @Override
    protected void clear() {}
  }

  @Nested
  class AutocompleteTagsTest extends ITAutocompleteTags<TracestoreStorage> {
    @Override
    protected boolean initializeStoragePerTest() {
      return true;
    }

    @Override
    protected boolean returnsRawSpans() {
      return false;
    }

    @Override
    protected StorageComponent.Builder newStorageBuilder(TestInfo test) {
      return newStorage();
    }

    @Override
    protected void blockWhileInFlight() {
      written();
    }

    @Override
    protected void clear() {}
  }

  @Nested
  class ServiceAndSpanNamesTest extends ITServiceAndSpanNames<TracestoreStorage> {
    @Override
    protected boolean initializeStoragePerTest() {
      return true;
    }

    @Override
    protected boolean returnsRawSpans() {
      return false;
    }

    @Override
    protected StorageComponent.Builder newStorageBuilder(TestInfo test) {
      return newStorage();
    }

    @Override
    protected void blockWhileInFlight() {
      written();
    }

    @Override
    protected void clear() {}
  }

  @Nested
  class DependenciesTest extends ITDependencies<TracestoreStorage> {
    @Override
    protected boolean initializeStoragePerTest() {
      return true;
    }

    @Override
    protected boolean returnsRawSpans() {
      return false;
    }

    @Override
    protected StorageComponent.Builder newStorageBuilder(TestInfo test) {
      return newStorage();
    }

    @Override
    protected void blockWhileInFlight() {
      written();
    }

    @Override
    protected void clear() {}
  }

  @Nested
  class DependenciesHeavyTest extends ITDependenciesHeavy<TracestoreStorage> {
    @Override
    protected boolean initializeStoragePerTest() {
      return true;
    }

    @Override
    protected boolean returnsRawSpans() {
      return false;
    }

    @Override
    protected StorageComponent.Builder newStorageBuilder(TestInfo test) {
      return newStorage();
    }

    @Override
    protected void blockWhileInFlight() {
      written();
    }

    @Override
    protected void clear() {}
  }
}
