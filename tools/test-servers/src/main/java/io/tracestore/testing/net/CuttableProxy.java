package io.tracestore.testing.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A TCP proxy on loopback whose connections a test can cut or hold up, in the middle of anything.
 */
public final class CuttableProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final String host;
  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ReentrantReadWriteLock holding = new ReentrantReadWriteLock();
  private final AtomicLong sentUntilCut = new AtomicLong(Long.MAX_VALUE);
  private final AtomicLong answeredUntilCut = new AtomicLong(Long.MAX_VALUE);
  private final AtomicLong cuts = new AtomicLong();
  private final AtomicLong roundTrips = new AtomicLong();

  public CuttableProxy(String host, int port) throws IOException {
    this.host = host;
    this.port = port;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
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

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        sockets.add(client);
        try {
          Socket server = new Socket(host, port);
          sockets.add(server);
          AtomicBoolean asked = new AtomicBoolean();
          Thread.ofVirtual()
              .start(() ->
                  forward(
                      client,
                      server,
                      sentUntilCut,
                      () -> {
                        if (asked.compareAndSet(false, true)) {
                          roundTrips.incrementAndGet();
                        }
                      }));
          Thread.ofVirtual()
              .start(() -> forward(server, client, answeredUntilCut, () -> asked.set(false)));
        } catch (IOException e) {
          client.close(); // the server is away
        }
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void forward(Socket from, Socket to, AtomicLong untilCut, Runnable seen) {
    byte[] buffer = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        seen.run();
        awaitRelease();
        long left = untilCut.addAndGet(-read);
        if (left < 0) {
          untilCut.set(Long.MAX_VALUE);
          // The bytes before the cut still arrive: half a message, as a rule.
          out.write(buffer, 0, (int) Math.max(0, read + left));
          cut();
          return;
        }
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // Cut, or closed by one end.
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private void awaitRelease() {
    holding.readLock().lock();
    try {
      // Nothing to do: the thread that holds the proxy has the write lock.
    } finally {
      holding.readLock().unlock();
    }
  }

  private void cut() throws IOException {
    cuts.incrementAndGet();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }
}
