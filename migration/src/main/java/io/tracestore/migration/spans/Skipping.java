package io.tracestore.migration.spans;

import io.tracestore.model.JsonValue;
import tools.jackson.core.JsonParser;

/** Reads values in such a way that after a faulty value the next one can be read. */
public final class Skipping {
  private Skipping() {}

  /**
   * Reads the value whose first token is the current one; in any case to its last token.
   *
   * @param maxBytes larger ones are refused
   * @param what it is, as the error names it
   * @param repair repairs its texts
   * @throws IllegalArgumentException if it is too large, nested too deep, or no value can hold it
   */
  public static JsonValue read(JsonParser parser, long maxBytes, String what, TextRepair repair) {
    boolean container = parser.currentToken().isStructStart();
    int depth = parser.streamReadContext().getNestingDepth();
    int outside = container ? depth - 1 : depth;
    try {
      long end = parser.currentTokenLocation().getByteOffset() + maxBytes;
      return JsonTree.read(parser, end, what, repair);
    } catch (IllegalArgumentException e) {
      while (parser.streamReadContext().getNestingDepth() > outside) {
        parser.nextToken();
      }
      throw e;
    }
  }
}
