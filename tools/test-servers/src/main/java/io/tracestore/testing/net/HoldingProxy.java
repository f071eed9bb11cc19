package io.tracestore.testing.net;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/**
 * A TCP proxy on loopback that stops one request of a client, so that a test can do something else
 * between the question of a client and its next statement. Other connections are not stopped.
 */
public final class HoldingProxy extends LoopbackProxy {
  private static final int NEVER = 0;

  private final Object lock = new Object();
  private int requestsUntilHold = NEVER;
  private CountDownLatch held = new CountDownLatch(1);
  private CountDownLatch released = new CountDownLatch(0);

  public HoldingProxy(String host, int port) throws IOException {
    super(host, port);
    start();
  }

  /**
   * Stops request {@code number} that comes from now on, 1 for the next. A request is what arrives
   * from a client at once.
   */
  public Hold holdRequest(int number) {
    synchronized (lock) {
      requestsUntilHold = number;
      held = new CountDownLatch(1);
      released = new CountDownLatch(1);
      return new Hold(held, released);
    }
  }

  /** One request to be stopped. */
  public final class Hold implements AutoCloseable {
    private final CountDownLatch reached;
    private final CountDownLatch mayGoOn;

    private Hold(CountDownLatch reached, CountDownLatch mayGoOn) {
      this.reached = reached;
      this.mayGoOn = mayGoOn;
    }

    /** Whether the request has come and stands still. */
    public boolean isReached() {
      return reached.getCount() == 0;
    }

    /** Lets the request through, or no longer waits for it. */
    public void release() {
      synchronized (lock) {
        requestsUntilHold = NEVER;
      }
      mayGoOn.countDown();
    }

    @Override
    public void close() {
      release();
    }
  }

  @Override
  Passage passage() {
    return new Passage() {
      @Override
      public int request(int bytes) throws InterruptedException {
        holdIfAsked();
        return bytes;
      }

      @Override
      public int answer(int bytes) {
        return bytes;
      }
    };
  }

  private void holdIfAsked() throws InterruptedException {
    CountDownLatch mayGoOn;
    synchronized (lock) {
      if (requestsUntilHold == NEVER || --requestsUntilHold != NEVER) {
        return;
      }
      held.countDown();
      mayGoOn = released;
    }
    mayGoOn.await();
  }

  @Override
  public void close() throws IOException {
    synchronized (lock) {
      released.countDown();
    }
    super.close();
  }
}
