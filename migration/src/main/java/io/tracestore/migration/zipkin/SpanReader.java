package io.tracestore.migration.zipkin;

import io.tracestore.migration.Rejection;
import io.tracestore.migration.json.JsonProblems;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** Reads the spans of one file, one after the other, however they stand in lists. */
final class SpanReader implements AutoCloseable {
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(JsonValue.MAX_DEPTH + 100)
                  .maxStringLength(FlowTrace.MAX_TEXT_LENGTH)
                  .maxNumberLength(100_000)
                  .build())
          .build();

  /** A list of traces is a list of lists. */
  private static final int MAX_LISTS = 2;

  private final String source;
  private final long maxSpanBytes;
  private final JsonParser parser;
  private int lists;
  private boolean ended;

  /** A span or what is wrong where one should be. */
  sealed interface Item {}

  /** A span that begins at a line and a column. */
  record Span(ZipkinSpan span, long line, long column) implements Item {}

  /** Something that is no span. */
  record Refused(Rejection rejection) implements Item {}

  /**
   * @param in closed by the caller
   * @param source what messages call it
   * @param maxSpanBytes larger spans are refused
   */
  SpanReader(InputStream in, String source, long maxSpanBytes) {
    this.source = source;
    this.maxSpanBytes = maxSpanBytes;
    this.parser = FACTORY.createParser(ObjectReadContext.empty(), in);
  }

  /** The next span or problem; null at the end, and after text that is no JSON. */
  @Nullable Item next() {
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
      return new Span(SpanParser.parse(parser, maxSpanBytes), at.getLineNr(), at.getColumnNr());
    } catch (SpanProblem problem) {
      return new Refused(Rejection.at(source, problem.line(), problem.column(), problem.reason()));
    }
  }

  @Override
  public void close() {
    parser.close();
  }
}
