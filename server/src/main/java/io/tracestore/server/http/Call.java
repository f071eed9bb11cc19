package io.tracestore.server.http;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** A request. Used by one thread. */
public final class Call {
  private final Request request;

  Call(Request request) {
    this.request = request;
  }

  /** The path, decoded, such as {@code /health}. */
  public String path() {
    return Request.getPathInContext(request);
  }

  /** A header's first value. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  /** The media type of the body in lower case, without parameters; empty if it is not given. */
  public String mediaType() {
    String type = header("Content-Type").orElse("");
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(java.util.Locale.ROOT);
  }

  /** A parameter of the query, decoded; null if it is absent. */
  public @Nullable String parameter(String name) {
    return Request.extractQueryParameters(request).getValue(name);
  }

  /** All parameters of the query, decoded, in their order. */
  public Map<String, List<String>> parameters() {
    return Request.extractQueryParameters(request).toMultiMap();
  }

  /** The body as it was sent. */
  public InputStream body() {
    return Request.asInputStream(request);
  }
}
