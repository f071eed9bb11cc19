package io.tracestore.server.reflow;

import io.tracestore.codec.ReflowReply;
import io.tracestore.codec.ReflowReply.ErrorCode;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Notifications that wait for one connection. It is bounded: a subscriber that reads too slowly
 * misses the newest notifications, and gets an error with their number. Offering never waits.
 */
final class Outbox {
  static final int MAX_MESSAGES = 10_000;
  static final long MAX_CHARS = 4 << 20;

  private final Consumer<String> send;
  private final Traffic traffic;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<String> waiting = new ArrayDeque<>();
  private long chars;
  private long dropped;
  private boolean sending;
  private boolean closed;

  /**
   * @param send sends one message, and waits until it is sent
   */
  Outbox(Consumer<String> send, Traffic traffic) {
    this.send = send;
    this.traffic = traffic;
  }

  void offer(String message) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      boolean full = waiting.size() >= MAX_MESSAGES || chars + message.length() > MAX_CHARS;
      if (full && !waiting.isEmpty()) {
        dropped++;
        traffic.notificationsDropped.increment();
        return;
      }
      waiting.add(message);
      chars += message.length();
      if (!sending) {
        sending = true;
        Thread unused = Thread.ofVirtual().name("tracestore-notify").start(this::sendAll);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Drops what waits. */
  void close() {
    lock.lock();
    try {
      closed = true;
      waiting.clear();
    } finally {
      lock.unlock();
    }
  }

  private void sendAll() {
    for (String message = next(); message != null; message = next()) {
      send.accept(message);
    }
  }

  private @Nullable String next() {
    lock.lock();
    try {
      String message = waiting.poll();
      if (message != null) {
        chars -= message.length();
      } else if (dropped > 0 && !closed) {
        message =
            ReflowReply.error(
                ErrorCode.INTERNAL_ERROR,
                "%d notifications were left out: this connection reads too slowly"
                    .formatted(dropped));
        dropped = 0;
      } else {
        sending = false;
      }
      return message;
    } finally {
      lock.unlock();
    }
  }
}
