package io.tracestore.cli.terminal;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * The output of a command: results go to one stream, errors and progress to another, both in UTF-8.
 *
 * <p>Not safe for several threads.
 */
public final class Console {
  private static final int MIN_COLUMNS = 20;
  private static final int MAX_COLUMNS = 500;

  private final OutputStream out;
  private final PrintStream err;
  private final boolean outIsTerminal;
  private final boolean errIsTerminal;
  private final int columns;
  private final Style style;
  private UnaryOperator<String> redaction = UnaryOperator.identity();

  /**
   * @param out results; flushed, never closed
   * @param err errors and progress
   * @param columns the width to fit text into
   * @param colours whether a terminal may be sent colours
   */
  public Console(
      OutputStream out,
      OutputStream err,
      boolean outIsTerminal,
      boolean errIsTerminal,
      int columns,
      boolean colours) {
    this.out = Objects.requireNonNull(out, "out");
    this.err = new PrintStream(err, true, StandardCharsets.UTF_8);
    this.outIsTerminal = outIsTerminal;
    this.errIsTerminal = errIsTerminal;
    this.columns = Math.clamp(columns, MIN_COLUMNS, MAX_COLUMNS);
    this.style = new Style(colours && outIsTerminal);
  }

  /** Writes one line of a result; it must be {@linkplain Text#harmless harmless} already. */
  public void line(String text) {
    try {
      out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
      if (outIsTerminal) {
        out.flush();
      }
    } catch (IOException e) {
      throw OutputClosedException.of(e);
    }
  }

  /** Makes {@code redaction} take the secrets out of every error from now on. */
  public void redactWith(UnaryOperator<String> redaction) {
    this.redaction = redaction;
  }

  /** Writes one line to the errors; secrets are hidden and control characters shown. */
  public void error(String text) {
    err.println(Text.harmless(redaction.apply(text)));
  }

  /** Writes text of several lines to the errors, secrets hidden. */
  public void errorText(String text) {
    text.lines().forEach(this::error);
  }

  /**
   * The stream of results, for those who write bytes themselves; not to be closed.
   *
   * <p>If nobody reads it any more, its methods throw {@link OutputClosedException}.
   */
  public OutputStream stream() {
    return new FilterOutputStream(out) {
      @Override
      public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) {
        try {
          out.write(bytes, offset, length);
        } catch (IOException e) {
          throw OutputClosedException.of(e);
        }
      }

      @Override
      public void flush() {
        Console.this.flush();
      }

      @Override
      public void close() {
        Console.this.flush();
      }
    };
  }

  /** Writes out what is buffered. */
  public void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw OutputClosedException.of(e);
    }
  }

  /** The stream of errors and progress. */
  public PrintStream err() {
    return err;
  }

  /** Whether people read the results as they come. */
  public boolean outIsTerminal() {
    return outIsTerminal;
  }

  /** Whether people read the errors as they come. */
  public boolean errIsTerminal() {
    return errIsTerminal;
  }

  /** How many columns there are. */
  public int columns() {
    return columns;
  }

  /** The columns that a table may take; no limit where no terminal shows it. */
  public int tableColumns() {
    return outIsTerminal ? columns : Integer.MAX_VALUE;
  }

  /** The colours of results. */
  public Style style() {
    return style;
  }
}
