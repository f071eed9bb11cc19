package io.tracestore.server.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** An answer to a request. Immutable. */
public final class Answer {
  private static final String CONTENT_TYPE = "Content-Type";

  private final int status;
  private final Map<String, String> headers;
  private final byte[] body;

  private Answer(int status, Map<String, String> headers, byte[] body) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  int status() {
    return status;
  }

  Map<String, String> headers() {
    return headers;
  }

  /** The body itself, not a copy: it is written once. */
  byte[] body() {
    return body;
  }

  /** An answer of bytes. */
  public static Answer of(int status, String contentType, byte[] body) {
    return new Answer(status, Map.of(CONTENT_TYPE, contentType), body);
  }

  /** An answer of text in UTF-8. */
  public static Answer text(int status, String contentType, String body) {
    return of(status, contentType + "; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
  }

  /** An answer for people. */
  public static Answer plain(int status, String line) {
    return text(status, "text/plain", line + "\n");
  }

  /** An answer of JSON. */
  public static Answer json(int status, String body) {
    return of(status, "application/json", body.getBytes(StandardCharsets.UTF_8));
  }

  /** This answer with one more header. */
  public Answer with(String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put(name, value);
    return new Answer(status, all, body);
  }
}
