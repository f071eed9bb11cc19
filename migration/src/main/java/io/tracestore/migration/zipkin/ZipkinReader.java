package io.tracestore.migration.zipkin;

import io.tracestore.migration.json.JsonSpanReader;
import io.tracestore.migration.spans.SpanProblem;
import java.io.InputStream;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;

/**
 * Reads the spans of one file in Zipkin's JSON, however they stand in lists.
 *
 * @see <a href="https://zipkin.io/zipkin-api/#/default/post_spans">Zipkin API v2</a>
 */
public final class ZipkinReader extends JsonSpanReader {
  /** A list of traces is a list of lists. */
  private static final int MAX_LISTS = 2;

  private int lists;

  /**
   * @param in closed by the caller
   * @param source what messages call it
   * @param maxSpanBytes larger spans are refused
   */
  public ZipkinReader(InputStream in, String source, long maxSpanBytes) {
    super(in, source, maxSpanBytes);
  }

  @Override
  protected void reset() {
    lists = 0;
  }

  @Override
  protected void step(JsonToken token) {
    switch (token) {
      case END_ARRAY -> lists--;
      case START_OBJECT -> readSpan();
      case START_ARRAY -> {
        if (lists == MAX_LISTS) {
          refuseInsteadOf("a span", token);
        } else {
          lists++;
        }
      }
      default -> refuseInsteadOf("a span", token);
    }
  }

  private void readSpan() {
    TokenStreamLocation at = parser().currentTokenLocation();
    try {
      for (var span : ZipkinParser.parse(parser(), maxBytes(), repair())) {
        found(span, at);
      }
    } catch (SpanProblem problem) {
      refuse(problem.line(), problem.column(), problem.reason());
    }
  }
}
