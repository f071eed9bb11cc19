package io.tracestore.migration.json;

import io.tracestore.migration.Rejection;
import io.tracestore.migration.spans.JsonTree;
import io.tracestore.migration.spans.Skipping;
import io.tracestore.migration.spans.Span;
import io.tracestore.migration.spans.SpanReader;
import io.tracestore.migration.spans.TextRepair;
import io.tracestore.migration.spans.Tokens;
import io.tracestore.model.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;

/**
 * The walk through a file of JSON, which a format's reader follows token by token. Text that is no
 * JSON ends the file; in a file of lines it ends the line.
 */
public abstract class JsonSpanReader implements SpanReader {
  private final String source;
  private final long maxBytes;
  private final JsonLines lines;
  private final TextRepair repair = new TextRepair();
  private final Queue<Item> ready = new ArrayDeque<>();
  private @Nullable JsonParser parser;
  private boolean ended;

  /**
   * @param in closed by the caller
   * @param source what messages call it
   * @param maxBytes larger values are refused
   */
  protected JsonSpanReader(InputStream in, String source, long maxBytes) {
    this.source = source;
    this.maxBytes = maxBytes;
    try {
      this.lines = new JsonLines(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes the next token; what it completes is given to {@link #add}. */
  protected abstract void step(JsonToken token);

  /** Clears the state that a broken line left. */
  protected abstract void reset();

  /** The parser at the current token. */
  protected final JsonParser parser() {
    JsonParser open = parser;
    if (open == null) {
      // It reads at once to find the encoding, so that it may fail as any other read.
      open = JsonTree.FACTORY.createParser(ObjectReadContext.empty(), lines);
      parser = open;
    }
    return open;
  }

  /** Repairs the texts of the value that is read. */
  protected final TextRepair repair() {
    return repair;
  }

  /** Larger values are refused. */
  protected final long maxBytes() {
    return maxBytes;
  }

  /** Gives an item to the caller of {@link #next}. */
  protected final void add(Item item) {
    ready.add(item);
  }

  /** Gives a span that begins at {@code at}. */
  protected final void found(Span span, TokenStreamLocation at) {
    add(new Found(span, lines.linesBefore() + at.getLineNr(), at.getColumnNr()));
  }

  @Override
  public final @Nullable Item next() {
    while (ready.isEmpty() && !ended) {
      try {
        JsonToken token = parser().nextToken();
        if (token != null) {
          step(token);
        } else {
          nextLine();
        }
      } catch (JacksonIOException e) {
        ended = true;
        add(problem(e));
      } catch (JacksonException e) {
        add(problem(e));
        reset();
        nextLine();
      }
    }
    return ready.poll();
  }

  private Item problem(JacksonException e) {
    String text = lines.isInLines() ? "line" : "file";
    return new Refused(JsonProblems.rejection(source, e, text, lines.linesBefore()), true);
  }

  private void nextLine() {
    try {
      ended = !lines.nextLine();
    } catch (IOException e) {
      ended = true;
      add(new Refused(Rejection.of(source, "cannot be read: " + e.getMessage()), true));
    }
    close();
  }

  /**
   * Reads the value whose first token is the current one; in any case to its last token.
   *
   * @throws IllegalArgumentException if it is too large, nested too deep, or no value can hold it
   */
  protected final JsonValue value(String what) {
    return Skipping.read(parser(), maxBytes, what, repair);
  }

  /** Passes over the value of the current name. */
  protected final void skipValue() {
    parser().nextToken();
    parser().skipChildren();
  }

  /** Refuses the value that begins at the current token, and passes over it. */
  protected final void refuseValue(String reason) {
    TokenStreamLocation at = parser().currentTokenLocation();
    parser().skipChildren();
    refuse(at, reason);
  }

  /** Refuses the current value as something else than {@code expected}. */
  protected final void refuseInsteadOf(String expected, JsonToken token) {
    refuseValue("expected %s, found %s".formatted(expected, Tokens.name(token)));
  }

  /** Refuses what stands at {@code at}. */
  protected final void refuse(TokenStreamLocation at, String reason) {
    refuse(at.getLineNr(), at.getColumnNr(), reason);
  }

  /** Refuses what stands at a line and a column of the parser's. */
  protected final void refuse(long line, long column, String reason) {
    add(new Refused(Rejection.at(source, lines.linesBefore() + line, column, reason)));
  }

  @Override
  public final void close() {
    if (parser != null) {
      parser.close();
      parser = null;
    }
  }
}
