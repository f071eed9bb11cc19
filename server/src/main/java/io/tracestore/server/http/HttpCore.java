package io.tracestore.server.http;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import java.net.BindException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.jspecify.annotations.Nullable;

/** The HTTP server: its ports, TLS and limits. Every request has a virtual thread of its own. */
public final class HttpCore implements AutoCloseable {
  private static final int MAX_HEADER_BYTES = 16 << 10;
  private static final long IDLE_MILLIS = 30_000;

  /** At the end a connection without a request is closed after this time. */
  private static final long LAST_IDLE_MILLIS = 100;

  private final HttpOptions options;
  private final Server server = new Server(new VirtualThreadPool());
  private final Router router;
  private final List<ServerConnector> connectors = new ArrayList<>();

  /** A server that does not listen yet. */
  public HttpCore(HttpOptions options, Access access) {
    this.options = options;
    this.router = new Router(access);
    for (int port : options.ports()) {
      connectors.add(connector(port));
    }
    connectors.forEach(server::addConnector);
    server.addBean(new NetworkConnectionLimit(options.maxConnections(), server));
    ServerWebSocketContainer sockets = ServerWebSocketContainer.ensure(server);
    router.sockets(sockets);
    GracefulHandler graceful = new GracefulHandler(router);
    graceful.setShutdownIdleTimeout(LAST_IDLE_MILLIS);
    server.setHandler(graceful);
    server.setStopTimeout(options.stopTimeout().toMillis());
  }

  private ServerConnector connector(int port) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(MAX_HEADER_BYTES);
    HttpConnectionFactory plain = new HttpConnectionFactory(http);
    ServerConnector connector;
    if (options.keyStore() == null) {
      connector = new ServerConnector(server, plain);
    } else {
      SecureRequestCustomizer secure = new SecureRequestCustomizer();
      // The certificate is the operator's: a client may reach the server by another name.
      secure.setSniHostCheck(false);
      http.addCustomizer(secure);
      connector =
          new ServerConnector(server, new SslConnectionFactory(tls(), plain.getProtocol()), plain);
    }
    connector.setHost(options.bind());
    connector.setPort(port);
    connector.setIdleTimeout(IDLE_MILLIS);
    connector.setShutdownIdleTimeout(LAST_IDLE_MILLIS);
    return connector;
  }

  private SslContextFactory.Server tls() {
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setKeyStorePath(String.valueOf(options.keyStore()));
    @Nullable String password = options.keyStorePassword();
    if (password != null) {
      tls.setKeyStorePassword(password);
    }
    return tls;
  }

  /** Where routes are added, before {@link #start}. */
  public Router router() {
    return router;
  }

  /**
   * Listens.
   *
   * @throws TraceStoreException if it cannot, such as on a port that is taken
   */
  public void start() {
    try {
      server.start();
    } catch (Exception e) {
      close();
      throw cannotStart(e);
    }
  }

  private TraceStoreException cannotStart(Exception e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof BindException || e instanceof SocketException) {
      return new StoreUnavailableException(
          "cannot listen on %s, ports %s: %s: %s"
              .formatted(options.bind(), options.ports(), e.getMessage(), cause.getMessage()),
          e);
    }
    return options.keyStore() == null
        ? new TraceStoreException("the server does not start: " + cause.getMessage(), e)
        : new StoreConfigurationException(
            "cannot use the key store %s: %s".formatted(options.keyStore(), cause.getMessage()), e);
  }

  /** The ports that it listens on, in the order of the options. */
  public List<Integer> ports() {
    return connectors.stream().map(ServerConnector::getLocalPort).toList();
  }

  /** How many connections are open. */
  public int connections() {
    return connectors.stream().mapToInt(each -> each.getConnectedEndPoints().size()).sum();
  }

  /** Takes no more connections; those that are there go on. */
  public void stopAccepting() {
    for (ServerConnector connector : connectors) {
      var unused = connector.shutdown();
    }
  }

  /** Waits for requests in progress, and releases all. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new TraceStoreException("the server does not stop: " + e.getMessage(), e);
    }
  }
}
