package io.tracestore.testing.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP proxy on loopback. Subclasses decide what happens to what passes. */
abstract class LoopbackProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final String host;
  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  LoopbackProxy(String host, int port) throws IOException {
    this.host = host;
    this.port = port;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  /** Takes connections from now on; the end of a subclass's constructor. */
  final void start() {
    Thread.ofVirtual().start(this::accept);
  }

  /** The port of the proxy, on loopback. */
  public final int port() {
    return listener.getLocalPort();
  }

  /** One connection of a client. */
  interface Passage {
    /** Called before bytes of a client are forwarded; returns how many of them are. */
    int request(int bytes) throws IOException, InterruptedException;

    /** Called before bytes of the server are forwarded; returns how many of them are. */
    int answer(int bytes) throws IOException, InterruptedException;
  }

  /** Decides for a new connection. */
  abstract Passage passage();

  private interface Gate {
    int pass(int bytes) throws IOException, InterruptedException;
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
          Passage passage = passage();
          Thread.ofVirtual().start(() -> forward(client, server, passage::request));
          Thread.ofVirtual().start(() -> forward(server, client, passage::answer));
        } catch (IOException e) {
          client.close(); // the server is away
        }
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void forward(Socket from, Socket to, Gate gate) {
    byte[] buffer = new byte[1 << 16];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        int passed = gate.pass(read);
        out.write(buffer, 0, passed);
        if (passed < read) {
          disconnect();
          return;
        }
      }
    } catch (IOException | InterruptedException e) {
      // Closed by one end, or at the end of the test.
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  /** Ends all connections. */
  void disconnect() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    disconnect();
  }
}
