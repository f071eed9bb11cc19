package io.tracestore.testing.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * A TCP proxy on loopback that stops one request of a client, so that a test can do something else
 * between the question of a client and its next statement. Other connections are not stopped.
 */
public final class HoldingProxy implements AutoCloseable {
  private static final int NEVER = 0;

  private final ServerSocket listener;
  private final String host;
  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Object lock = new Object();
  private int requestsUntilHold = NEVER;
  private CountDownLatch held = new CountDownLatch(1);
  private CountDownLatch released = new CountDownLatch(0);

  public HoldingProxy(String host, int port) throws IOException {
    this.host = host;
    this.port = port;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
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

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        sockets.add(client);
        try {
          Socket server = new Socket(host, port);
          client.setTcpNoDelay(true);
          server.setTcpNoDelay(true);
          sockets.add(server);
          Thread.ofVirtual().start(() -> forward(client, server, true));
          Thread.ofVirtual().start(() -> forward(server, client, false));
        } catch (IOException e) {
          client.close(); // the server is away
        }
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void forward(Socket from, Socket to, boolean requests) {
    byte[] buffer = new byte[1 << 16];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (requests) {
          holdIfAsked();
        }
        out.write(buffer, 0, read);
      }
    } catch (IOException | InterruptedException e) {
      // Closed by one end, or at the end of the test.
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
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
    listener.close();
    synchronized (lock) {
      released.countDown();
    }
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
