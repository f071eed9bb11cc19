package io.tracestore.migration.zipkin;

import io.tracestore.migration.Rejection;
import io.tracestore.migration.json.JsonProblems;
import io.tracestore.migration.spans.JsonTree;
import io.tracestore.migration.spans.SpanProblem;
import io.tracestore.migration.spans.SpanReader;
import io.tracestore.migration.spans.Tokens;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/**
 * Reads the spans of one file in Zipkin's JSON, however they stand in lists.
 *
 * @see <a href="https://zipkin.io/zipkin-api/#/default/post_spans">Zipkin API v2</a>
 */
public final class ZipkinReader implements SpanReader {
  /** A list of traces is a list of lists. */
  private static final int MAX_LISTS = 2;

  private final String source;
  private final long maxSpanBytes;
  private final JsonParser parser;
  private int lists;
  private boolean ended;

  /**
   * @param in closed by the caller
   * @param source what messages call it
   * @param maxSpanBytes larger spans are refused
   */
  public ZipkinReader(InputStream in, String source, long maxSpanBytes) {
    this.source = source;
    this.maxSpanBytes = maxSpanBytes;
    this.parser = JsonTree.FACTORY.createParser(ObjectReadContext.empty(), in);
  }

  @Override
  public @Nullable Item next() {
    if (ended) {
      return null;
    }
    try {
      return read();
    } catch (JacksonException e) {
      ended = true;
      return new Refused(JsonProblems.rejection(source, e));
    }
  }

  private @Nullable Item read() {
    while (true) {
      JsonToken token = parser.nextToken();
      if (token == null) {
        ended = true;
        return null;
      }
      switch (token) {
        case END_ARRAY -> lists--;
        case START_OBJECT -> {
          return readSpan();
        }
        case START_ARRAY -> {
          if (lists == MAX_LISTS) {
            return refuse(token);
          }
          lists++;
        }
        default -> {
          return refuse(token);
        }
      }
    }
  }

  private Item refuse(JsonToken token) {
    var at = parser.currentTokenLocation();
    parser.skipChildren();
    return new Refused(
        Rejection.at(
            source,
            at.getLineNr(),
            at.getColumnNr(),
            "expected a span, found " + Tokens.name(token)));
  }

  private Item readSpan() {
    var at = parser.currentTokenLocation();
    try {
      return new Found(ZipkinParser.parse(parser, maxSpanBytes), at.getLineNr(), at.getColumnNr());
    } catch (SpanProblem problem) {
      return new Refused(Rejection.at(source, problem.line(), problem.column(), problem.reason()));
    }
  }

  @Override
  public void close() {
    parser.close();
  }
}
