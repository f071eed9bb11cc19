package io.tracestore.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.TraceId;
import io.tracestore.spi.StorageMetrics;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Metrics count exactly the calls since the store was opened. */
abstract class MetricsPromises extends StorePromises {
  private static final TraceId ID = Samples.traceId(1);

  @Test
  void aNewStoreHasDoneNothing() {
    StorageMetrics metrics = store().metrics();
    assertThat(metrics.write()).isEqualTo(StorageMetrics.Operations.NONE);
    assertThat(metrics.read()).isEqualTo(StorageMetrics.Operations.NONE);
    assertThat(metrics.query()).isEqualTo(StorageMetrics.Operations.NONE);
    assertThat(metrics.batches()).isEqualTo(StorageMetrics.Distribution.NONE);
  }

  @Test
  void everyCallThatStoresOrDeletesIsAWrite() {
    store().storeTrace(Samples.trace(1));
    store().storeTraces(Samples.traces(0, 5));
    store().storeEvent(ID, Samples.event(8));
    store().storeEvents(ID, Samples.events(0, 5));
    store().deleteTrace(ID);
    store().purgeBefore(Samples.T0);
    assertThat(store().metrics().write().count()).isEqualTo(6);
    assertThat(store().metrics().write().errors()).isEqualTo(0);
  }

  @Test
  void everyCallThatReadsByIdIsARead() {
    store().getTrace(ID);
    store().getEvents(ID);
    assertThat(store().metrics().read().count()).isEqualTo(2);
    assertThat(store().metrics().write().count()).isEqualTo(0);
  }

  @Test
  void everyCallThatReadsByFilterIsAQuery() {
    store().queryTraces(TraceQuery.ALL);
    store().count(TraceQuery.ALL);
    store().eventMetrics(EventMetricsQuery.ALL);
    store().actorGraph(ActorGraphQuery.ALL);
    assertThat(store().metrics().query().count()).isEqualTo(4);
    assertThat(store().metrics().read().count()).isEqualTo(0);
  }

  @Test
  void aFailedCallCountsAsAnError() {
    store().storeTrace(Samples.trace(1));
    assertThatThrownBy(
            () -> store().storeTrace(Samples.header(1).toBuilder().flowId("another").build()))
        .isInstanceOf(StoreConflictException.class);
    assertThat(store().metrics().write().count()).isEqualTo(2);
    assertThat(store().metrics().write().errorsByKind())
        .isEqualTo(Map.of("StoreConflictException", 1L));
  }

  @Test
  void callsOfManyThreadsAreCountedExactly() throws InterruptedException {
    Thread[] threads = new Thread[100];
    for (int i = 0; i < threads.length; i++) {
      int number = i;
      threads[i] = Thread.ofVirtual().start(() -> store().storeTrace(Samples.trace(number)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(store().metrics().write().count()).isEqualTo(threads.length);
  }

  @Test
  void batchesAreCountedBySize() {
    store().storeTraces(Samples.traces(0, 5));
    store().storeEvents(ID, Samples.events(0, 15));
    store().storeEvent(ID, Samples.event(0));
    store().storeTrace(Samples.trace(1));
    assertThat(store().metrics().batches())
        .isEqualTo(new StorageMetrics.Distribution(2, 20, 15, 5, 15, 15));
  }

  @Test
  void percentilesAreBetweenTheShortestAndTheLongestCall() {
    for (int i = 0; i < 100; i++) {
      store().getTrace(ID);
    }
    StorageMetrics.Distribution nanos = store().metrics().read().nanos();
    assertThat(nanos.count()).isEqualTo(100);
    assertThat(nanos.p50()).isPositive().isLessThanOrEqualTo(nanos.p95());
    assertThat(nanos.p99()).isBetween(nanos.p95(), nanos.max());
    assertThat(nanos.total()).isGreaterThanOrEqualTo(nanos.max());
  }

  @Test
  void timesAreThoseOfTheCalls() {
    store().storeTrace(Samples.trace(1));
    StorageMetrics.Operations one = store().metrics().write();
    assertThat(one.totalNanos()).isPositive().isEqualTo(one.maxNanos());
    store().storeTrace(Samples.trace(2));
    StorageMetrics.Operations two = store().metrics().write();
    assertThat(two.totalNanos()).isGreaterThan(one.totalNanos());
    assertThat(two.maxNanos()).isBetween(one.maxNanos(), two.totalNanos());
  }

  @Test
  void theStorageInUseGrowsWithTheDataOrIsNotKnown() {
    long before = store().metrics().storageBytes();
    store().storeTrace(Samples.bulky(1, 5_000_000));
    long after = store().metrics().storageBytes();
    if (before < 0) {
      assertThat(after).isEqualTo(-1);
    } else {
      assertThat(after - before).isGreaterThanOrEqualTo(5_000_000);
    }
  }
}
