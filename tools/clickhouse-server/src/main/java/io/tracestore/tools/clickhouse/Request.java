package io.tracestore.tools.clickhouse;

import com.github.luben.zstd.ZstdInputStream;
import com.sun.net.httpserver.HttpExchange;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import net.jpountz.lz4.LZ4FrameInputStream;
import org.jspecify.annotations.Nullable;

/** An HTTP request as ClickHouse understands it. */
final class Request {
  /** Parameters that are not settings. */
  private static final Set<String> RESERVED =
      Set.of(
          "query",
          "database",
          "default_format",
          "user",
          "password",
          "quota_key",
          "query_id",
          "session_id",
          "session_timeout",
          "session_check",
          "compress",
          "decompress",
          "stacktrace",
          "buffer_size",
          "wait_end_of_query",
          "client_protocol_version",
          "role",
          "close_session");

  private final HttpExchange exchange;
  private final Map<String, String> parameters = new LinkedHashMap<>();

  Request(HttpExchange exchange) {
    this.exchange = exchange;
    String query = exchange.getRequestURI().getRawQuery();
    if (query != null) {
      for (String pair : query.split("&", -1)) {
        String[] parts = pair.split("=", 2);
        parameters.put(decode(parts[0]), parts.length > 1 ? decode(parts[1]) : "");
      }
    }
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** Whether the request may change nothing: ClickHouse's rule for GET. */
  boolean isReadOnly() {
    return exchange.getRequestMethod().equals("GET");
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name)).filter(value -> !value.isEmpty());
  }

  boolean flag(String name) {
    return parameter(name).filter(value -> value.equals("1") || value.equals("true")).isPresent();
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name))
        .filter(value -> !value.isEmpty());
  }

  Optional<String> database() {
    return parameter("database").or(() -> header("X-ClickHouse-Database"));
  }

  Optional<String> format() {
    return parameter("default_format").or(() -> header("X-ClickHouse-Format"));
  }

  /** Values of the placeholders in the statement. */
  Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    parameters.forEach((name, value) -> {
      if (name.startsWith("param_")) {
        values.put(name.substring("param_".length()), value);
      }
    });
    return values;
  }

  /** Settings of the engine for this statement. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>(parameters);
    settings.keySet().removeIf(name -> RESERVED.contains(name) || name.startsWith("param_"));
    return settings;
  }

  /** Name and password: from {@code Authorization}, own headers or parameters. */
  Credentials credentials() {
    String authorization = header("Authorization").orElse("");
    if (authorization.startsWith("Bearer ")) {
      return new Credentials("", authorization.substring("Bearer ".length()).strip());
    }
    if (authorization.startsWith("Basic ")) {
      byte[] basic = Base64.getDecoder().decode(authorization.substring("Basic ".length()).strip());
      String[] pair = new String(basic, StandardCharsets.UTF_8).split(":", 2);
      return new Credentials(pair[0], pair.length > 1 ? pair[1] : "");
    }
    return new Credentials(
        header("X-ClickHouse-User").or(() -> parameter("user")).orElse("default"),
        header("X-ClickHouse-Key").or(() -> parameter("password")).orElse(""));
  }

  /** The login of a request; not shown anywhere. */
  record Credentials(String name, String password) {
    /** Whether only a password was given. */
    boolean isToken() {
      return name.isEmpty();
    }

    boolean fit(User user) {
      return user.hasPassword(password);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** The body as the client wrote it before it compressed it. */
  InputStream body() throws IOException {
    InputStream body = decoded(new Unclosed(), header("Content-Encoding").orElse(null));
    return flag("decompress") ? CompressedBlocks.reading(new BufferedInputStream(body)) : body;
  }

  /** The body, which the exchange closes: after an error its rest is still to be read. */
  private final class Unclosed extends FilterInputStream {
    Unclosed() {
      super(exchange.getRequestBody());
    }

    @Override
    public void close() {
      // Left to the exchange.
    }
  }

  private static InputStream decoded(InputStream in, @Nullable String encoding) throws IOException {
    return switch (encoding == null ? "identity" : encoding.toLowerCase(Locale.ROOT)) {
      case "identity", "" -> in;
      case "gzip", "x-gzip" -> new GZIPInputStream(in);
      case "deflate" -> new InflaterInputStream(in);
      case "lz4" -> new LZ4FrameInputStream(in);
      case "zstd" -> new ZstdInputStream(in);
      default -> throw new IOException("unknown Content-Encoding " + encoding);
    };
  }

  /** The HTTP encoding in which the client wants the answer; null for none. */
  @Nullable String acceptedEncoding() {
    if (!flag("enable_http_compression")) {
      return null;
    }
    String accepted = header("Accept-Encoding").orElse("").toLowerCase(Locale.ROOT);
    for (String encoding : new String[] {"zstd", "lz4", "gzip", "deflate"}) {
      if (accepted.contains(encoding)) {
        return encoding;
      }
    }
    return null;
  }
}
