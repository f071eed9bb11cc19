package io.tracestore.cli.terminal;

import java.io.IOException;
import java.io.Serial;

/** Nobody reads the output any more, as behind {@code | head}. */
public final class OutputClosedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  OutputClosedException(IOException cause) {
    super("cannot write the output: " + cause.getMessage(), cause);
  }
}
