package io.tracestore.provider.postgresql.connect;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Ends the statements of a pool that take longer than their limit. The driver has a clock too, but
 * wakes a thread for each statement: a sixth of the time in which a trace is stored. Safe for many
 * threads.
 */
final class StatementWatch implements AutoCloseable {
  /** How late a statement may be ended. */
  private static final long TICK_MILLIS = 250;

  private final Map<Thread, Call> calls = new ConcurrentHashMap<>();
  private final ScheduledExecutorService clock;
  private final Future<?> ticks;

  /**
   * Begins to watch.
   *
   * @param pool the name of the pool
   */
  StatementWatch(String pool) {
    clock =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name(pool + ", time limits").factory());
    ticks =
        clock.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** The statements of one thread with one connection, one after the other. */
  static final class Call {
    private final Thread thread = Thread.currentThread();
    private final Connection connection;
    private final long limitNanos;
    private @Nullable Call outer;
    private volatile long began;
    private volatile @Nullable Statement statement;

    private Call(Connection connection, StatementLimit limit) {
      this.connection = connection;
      this.limitNanos = TimeUnit.MILLISECONDS.toNanos(limit.millis());
    }

    /** Says that {@code next} will be executed now. */
    void limit(Statement next) {
      began = System.nanoTime();
      statement = next; // in this order: with the new statement its time is seen
    }

    /** Does nothing between two statements. */
    private void endIfOverdue(long now) {
      Statement current = statement;
      if (current != null && now - began > limitNanos) {
        // A server that does not hear keeps this thread, and no other statement, waiting.
        Thread.startVirtualThread(() -> {
          try {
            current.cancel();
          } catch (SQLException e) {
            // It has ended by itself, or the server does not hear: its socket has a time-out.
          }
        });
      }
    }
  }

  /** Begins to watch what the calling thread does with {@code connection}. */
  Call begin(Connection connection, StatementLimit limit) {
    Call call = new Call(connection, limit);
    call.outer = calls.put(call.thread, call);
    return call;
  }

  /** Ends it; goes on with the call in which it was made, if there is one. */
  void end(Call call) {
    Call outer = call.outer;
    if (outer == null) {
      calls.remove(call.thread);
    } else {
      calls.put(call.thread, outer);
    }
  }

  private void tick() {
    long now = System.nanoTime();
    calls.values().forEach(call -> call.endIfOverdue(now));
  }

  /** Ends the statement that {@code thread} is at, if it is at one. */
  void cancel(Thread thread) {
    // While this is under way the connection cannot go on to somebody else.
    calls.computeIfPresent(
        thread,
        (same, call) -> {
          try {
            call.connection.unwrap(PGConnection.class).cancelQuery();
          } catch (SQLException e) {
            // It has ended by itself, or the server does not hear: its socket has a time-out.
          }
          return call;
        });
  }

  @Override
  public void close() {
    ticks.cancel(false);
    clock.shutdown();
  }
}
