package io.tracestore.zipkin;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import zipkin2.Call;
import zipkin2.Callback;

/**
 * A call that asks the store when it is executed, and not before. Enqueued, it has a virtual thread
 * of its own; more than {@value #MAX_ENQUEUED} of one storage at a time are rejected.
 */
final class StoreCall<V> extends Call.Base<V> {
  static final int MAX_ENQUEUED = 1000;

  private final Semaphore room;
  private final Supplier<V> work;

  private StoreCall(Semaphore room, Supplier<V> work) {
    this.room = room;
    this.work = work;
  }

  /** Makes the calls of one storage. Safe for many threads. */
  static final class Factory {
    private final Semaphore room = new Semaphore(MAX_ENQUEUED);

    <V> Call<V> of(Supplier<V> work) {
      return new StoreCall<>(room, work);
    }

    Call<Void> of(Runnable work) {
      return new StoreCall<@Nullable Void>(
          room,
          () -> {
            work.run();
            return null;
          });
    }
  }

  @Override
  protected V doExecute() {
    return work.get();
  }

  @Override
  protected void doEnqueue(Callback<V> callback) {
    if (!room.tryAcquire()) {
      callback.onError(
          new RejectedExecutionException(
              "%d calls wait for the store already".formatted(MAX_ENQUEUED)));
      return;
    }
    Thread.ofVirtual().name("tracestore-zipkin").start(() -> run(callback));
  }

  private void run(Callback<V> callback) {
    V value;
    try {
      value = work.get();
    } catch (RuntimeException e) {
      callback.onError(e);
      return;
    } finally {
      room.release();
    }
    callback.onSuccess(value);
  }

  @Override
  public Call<V> clone() {
    return new StoreCall<>(room, work);
  }
}
