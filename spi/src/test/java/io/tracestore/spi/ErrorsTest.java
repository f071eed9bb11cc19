package io.tracestore.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.TraceId;
import io.tracestore.spi.BatchStoreException.Failure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Errors say what happened, and whether trying again may help. */
class ErrorsTest {
  private static final TraceId ID = TraceId.of("00000000-0000-7000-8000-000000000001");

  @Test
  void only_what_may_pass_by_itself_is_retryable() {
    assertThat(new StoreUnavailableException("x", null).isRetryable()).isTrue();
    assertThat(new StoreTimeoutException("x", null).isRetryable()).isTrue();
    assertThat(new StoreCapacityException("x", null).isRetryable()).isFalse();
    assertThat(new StoreConflictException("x", null).isRetryable()).isFalse();
    assertThat(new StoreConfigurationException("x", null).isRetryable()).isFalse();
    assertThat(new CorruptDataException("x", null).isRetryable()).isFalse();
    assertThat(new StoreClosedException("x").isRetryable()).isFalse();
    assertThat(new TraceStoreException("x", null).isRetryable()).isFalse();
  }

  @Test
  void a_closed_store_is_named() {
    assertThat(new StoreClosedException("mem:a")).hasMessage("the store is closed: mem:a");
  }

  @Test
  void an_interrupted_thread_keeps_its_flag() {
    InterruptedException cause = new InterruptedException();
    TraceStoreException e = TraceStoreException.interrupted("storing a trace", cause);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(e).hasMessage("interrupted while storing a trace").hasCause(cause);
  }

  @Test
  void a_batch_says_exactly_what_was_not_stored() {
    Failure first = new Failure(1, ID, new StoreUnavailableException("gone", null));
    Failure second = new Failure(4, TraceId.random(), new StoreConflictException("other", null));
    BatchStoreException e = new BatchStoreException(5, List.of(first, second));

    assertThat(e)
        .hasMessage("2 of 5 traces were not stored; first, trace " + ID + ": gone")
        .hasCause(first.cause())
        .hasSuppressedException(second.cause());
    assertThat(e.failures()).containsExactly(first, second);
  }

  @Test
  void a_batch_is_retryable_if_every_failure_is() {
    Failure retryable = new Failure(0, ID, new StoreUnavailableException("gone", null));
    Failure lasting = new Failure(1, ID, new StoreConflictException("other", null));

    assertThat(new BatchStoreException(2, List.of(retryable)).isRetryable()).isTrue();
    assertThat(new BatchStoreException(2, List.of(retryable, lasting)).isRetryable()).isFalse();
  }

  @Test
  void a_cause_that_failures_share_is_told_once() {
    TraceStoreException shared = new StoreUnavailableException("gone", null);
    BatchStoreException e =
        new BatchStoreException(2, List.of(new Failure(0, ID, shared), new Failure(1, ID, shared)));

    assertThat(e.getSuppressed()).isEmpty();
  }

  @Test
  void metrics_give_averages_in_milliseconds_and_sizes_in_mebibytes() {
    StorageMetrics metrics =
        StorageMetrics.builder()
            .write(operations(2, 3_000_000))
            .query(operations(1, 500_000))
            .storageBytes(3L << 19)
            .dataBytes(1L << 19)
            .counters(Map.of("b", 1L, "a", 2L))
            .build();

    assertThat(metrics.avgWriteLatencyMs()).isEqualTo(1.5);
    assertThat(metrics.avgReadLatencyMs()).isZero();
    assertThat(metrics.avgQueryLatencyMs()).isEqualTo(0.5);
    assertThat(metrics.storageSizeMb()).isEqualTo(1.5);
    assertThat(metrics.counters().keySet()).containsExactly("a", "b");
  }

  @Test
  void an_unknown_size_is_negative() {
    assertThat(StorageMetrics.builder().build().storageSizeMb()).isNegative();
  }

  private static StorageMetrics.Operations operations(long count, long totalNanos) {
    return new StorageMetrics.Operations(
        new StorageMetrics.Distribution(count, totalNanos, totalNanos, 0, 0, 0), Map.of());
  }

  @Test
  void a_batchs_failures_come_back_from_java_serialization() throws Exception {
    TraceId id = TraceId.random();
    BatchStoreException thrown =
        new BatchStoreException(
            3,
            List.of(
                new BatchStoreException.Failure(0, id, new StoreUnavailableException("away", null)),
                new BatchStoreException.Failure(
                    2, TraceId.random(), new StoreConflictException("other", null))));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(thrown);
    }
    BatchStoreException read;
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      read = (BatchStoreException) in.readObject();
    }

    assertThat(read).hasMessage(thrown.getMessage());
    assertThat(read.isRetryable()).isFalse();
    assertThat(read.failures())
        .extracting(BatchStoreException.Failure::index)
        .containsExactly(0, 2);
    assertThat(read.failures().getFirst().traceId()).isEqualTo(id);
    assertThat(read.failures().getFirst().cause())
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage("away");
  }
}
