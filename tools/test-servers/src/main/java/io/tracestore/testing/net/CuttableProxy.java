package io.tracestore.testing.net;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A TCP proxy on loopback whose connections a test can cut or hold up, in the middle of anything.
 */
public final class CuttableProxy extends LoopbackProxy {
  private final ReentrantReadWriteLock holding = new ReentrantReadWriteLock();
  private final AtomicLong sentUntilCut = new AtomicLong(Long.MAX_VALUE);
  private final AtomicLong answeredUntilCut = new AtomicLong(Long.MAX_VALUE);
  private final AtomicLong cuts = new AtomicLong();
  private final AtomicLong roundTrips = new AtomicLong();

  public CuttableProxy(String host, int port) throws IOException {
    super(host, port);
    start();
  }

  /** Cuts all connections after {@code bytes} more bytes from clients. */
  public void cutAfter(long bytes) {
    sentUntilCut.set(bytes);
  }

  /** Cuts all connections after {@code bytes} more bytes from the server. */
  public void cutAnswersAfter(long bytes) {
    answeredUntilCut.set(bytes);
  }

  /** How often all connections were cut. */
  public long cuts() {
    return cuts.get();
  }

  /** How often a client has sent something after it was answered, or first. */
  public long roundTrips() {
    return roundTrips.get();
  }

  /** Lets nothing through until {@link #release}. */
  public void hold() {
    holding.writeLock().lock();
  }

  public void release() {
    holding.writeLock().unlock();
  }

  @Override
  Passage passage() {
    AtomicBoolean asked = new AtomicBoolean();
    return new Passage() {
      @Override
      public int request(int bytes) {
        if (asked.compareAndSet(false, true)) {
          roundTrips.incrementAndGet();
        }
        return pass(bytes, sentUntilCut);
      }

      @Override
      public int answer(int bytes) {
        asked.set(false);
        return pass(bytes, answeredUntilCut);
      }
    };
  }

  /** The bytes before a cut still arrive: half a message, as a rule. */
  private int pass(int bytes, AtomicLong untilCut) {
    awaitRelease();
    long left = untilCut.addAndGet(-bytes);
    if (left >= 0) {
      return bytes;
    }
    untilCut.set(Long.MAX_VALUE);
    return (int) Math.max(0, bytes + left);
  }

  private void awaitRelease() {
    holding.readLock().lock();
    try {
      // Nothing to do: the thread that holds the proxy has the write lock.
    } finally {
      holding.readLock().unlock();
    }
  }

  @Override
  void disconnect() throws IOException {
    cuts.incrementAndGet();
    super.disconnect();
  }
}
