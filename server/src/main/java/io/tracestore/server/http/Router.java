package io.tracestore.server.http;

import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.eclipse.jetty.websocket.server.WebSocketCreator;
import org.jspecify.annotations.Nullable;

/**
 * Gives each request to the endpoint of its path and method. Routes are added before the server
 * starts. A path that ends in {@code *} stands for all that begin with what is before it; the
 * longest one counts.
 */
public final class Router extends Handler.Abstract {
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int INTERNAL_ERROR = 500;
  private static final int UNAVAILABLE = 503;

  private final Access access;
  private final Map<String, Route> exact = new ConcurrentHashMap<>();
  private final Map<String, Route> prefixes = new ConcurrentHashMap<>();
  private @Nullable ServerWebSocketContainer sockets;

  /** The endpoints of one path. */
  private static final class Route {
    final boolean open;
    final Map<String, Endpoint> byMethod = new ConcurrentHashMap<>();
    @Nullable WebSocketCreator socket;

    Route(boolean open) {
      this.open = open;
    }
  }

  Router(Access access) {
    this.access = access;
  }

  void sockets(ServerWebSocketContainer sockets) {
    this.sockets = sockets;
  }

  /** Adds an endpoint, which asks for the token if there is one. */
  public Router add(String method, String path, Endpoint endpoint) {
    route(path, false).byMethod.put(method, endpoint);
    return this;
  }

  /** Adds an endpoint that needs no token. */
  public Router addOpen(String method, String path, Endpoint endpoint) {
    route(path, true).byMethod.put(method, endpoint);
    return this;
  }

  /** Lets WebSockets connect to {@code path}. */
  public Router addSocket(String path, WebSocketCreator creator) {
    route(path, false).socket = creator;
    return this;
  }

  private Route route(String path, boolean open) {
    boolean isPrefix = path.endsWith("*");
    return (isPrefix ? prefixes : exact)
        .computeIfAbsent(
            isPrefix ? path.substring(0, path.length() - 1) : path, name -> new Route(open));
  }

  private @Nullable Route find(String path) {
    Route found = exact.get(path);
    if (found != null) {
      return found;
    }
    String longest = null;
    for (String prefix : prefixes.keySet()) {
      if (path.startsWith(prefix) && (longest == null || prefix.length() > longest.length())) {
        longest = prefix;
      }
    }
    return longest == null ? null : prefixes.get(longest);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    boolean isUpgrade = "websocket".equalsIgnoreCase(request.getHeaders().get("Upgrade"));
    Route route = find(Request.getPathInContext(request));
    Answer refusal = refusal(request, route, isUpgrade);
    if (refusal != null) {
      write(refusal, response, callback);
    } else if (isUpgrade && route != null && route.socket != null && sockets != null) {
      // It has answered already if it refuses.
      boolean unused = sockets.upgrade(route.socket, request, response, callback);
    } else if (route != null) {
      write(answer(route, request), response, callback);
    }
    return true;
  }

  private @Nullable Answer refusal(Request request, @Nullable Route route, boolean isUpgrade) {
    if (!access.isFromHere(request)) {
      return Answer.plain(
          FORBIDDEN, "refused: the request was made for another host or by a page of another site");
    }
    boolean open = route != null && route.open;
    if (!open && !access.hasToken(request, isUpgrade)) {
      return Answer.plain(UNAUTHORIZED, "a token is needed: Authorization: Bearer TOKEN");
    }
    return route == null ? Answer.plain(NOT_FOUND, "there is nothing here") : null;
  }

  private static Answer answer(Route route, Request request) {
    String method = request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
    Endpoint endpoint = route.byMethod.get(method);
    if (endpoint == null) {
      String allowed = String.join(", ", new TreeMap<>(route.byMethod).keySet());
      return Answer.plain(METHOD_NOT_ALLOWED, "the method must be one of: " + allowed)
          .with("Allow", allowed);
    }
    try {
      return endpoint.answer(new Call(request));
    } catch (TraceStoreException e) {
      return Answer.plain(e.isRetryable() ? UNAVAILABLE : INTERNAL_ERROR, "" + e.getMessage());
    } catch (IOException e) {
      return Answer.plain(400, "the request cannot be read: " + e.getMessage());
    }
  }

  private static void write(Answer answer, Response response, Callback callback) {
    response.setStatus(answer.status());
    answer.headers().forEach(response.getHeaders()::put);
    if (answer.status() == UNAUTHORIZED) {
      Access.CHALLENGES.forEach(each -> response.getHeaders().add("WWW-Authenticate", each));
    }
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    response.getHeaders().put("Content-Length", answer.body().length);
    response.write(true, ByteBuffer.wrap(answer.body()), callback);
  }
}
