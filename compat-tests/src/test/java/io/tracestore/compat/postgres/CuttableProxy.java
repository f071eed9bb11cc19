package io.tracestore.compat.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A TCP proxy on loopback whose connections a test can cut or hold up, in the middle of anything.
 */
final class CuttableProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final String host;
  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ReentrantReadWriteLock holding = new ReentrantReadWriteLock();
  private final AtomicLong bytesUntilCut = new AtomicLong(Long.MAX_VALUE);
  private final AtomicLong cuts = new AtomicLong();

  CuttableProxy(String host, int port) throws IOException {
    this.host = host;
    this.port = port;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Cuts all connections once so many bytes more have come from clients. */
  void cutAfter(long bytes) {
    bytesUntilCut.set(bytes);
  }

  /** How often all connections were cut. */
  long cuts() {
    return cuts.get();
  }

  /** Lets nothing through until {@link #release}. */
  void hold() {
    holding.writeLock().lock();
  }

  void release() {
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

  private void forward(Socket from, Socket to, boolean counted) {
    byte[] buffer = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitRelease();
        if (counted && bytesUntilCut.addAndGet(-read) < 0) {
          bytesUntilCut.set(Long.MAX_VALUE);
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
      // Nothing to do: whoever holds up has the write lock.
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
