package io.tracestore.provider.sqlite.connect;

import io.tracestore.spi.TraceStoreException;
import org.jspecify.annotations.Nullable;

/** Says what is missing when SQLite's driver, or the library of SQLite in it, cannot be loaded. */
public final class MissingDriver {
  private MissingDriver() {}

  /** The error for {@code failure}, which the virtual machine threw while it loaded something. */
  public static TraceStoreException explain(String name, LinkageError failure) {
    if (isOfLibrary(failure)) {
      return libraryMissing(name, failure);
    }
    return new TraceStoreException(
        "%s: a library is not there or has the wrong version (%s); add org.xerial:sqlite-jdbc and org.jooq:jooq as tracestore-sqlite names them"
            .formatted(name, oneLine(failure)),
        failure);
  }

  /** The error for a failure of the driver to load SQLite; null if it is another failure. */
  public static @Nullable TraceStoreException explain(String name, Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (isOfLibrary(cause)) {
        return libraryMissing(name, cause);
      }
    }
    return null;
  }

  private static boolean isOfLibrary(Throwable failure) {
    return failure instanceof UnsatisfiedLinkError
        || failure.getClass().getSimpleName().equals("NativeLibraryNotFoundException");
  }

  private static TraceStoreException libraryMissing(String name, Throwable failure) {
    return new TraceStoreException(
        "%s: SQLite's library cannot be loaded; let org.sqlite.tmpdir name a folder that can be written to and executed from, or org.sqlite.lib.path one with the library (%s)"
            .formatted(name, oneLine(failure)),
        failure);
  }

  private static String oneLine(Throwable failure) {
    String message = failure.getMessage();
    String text = message != null ? message : failure.getClass().getName();
    return text.lines().map(String::strip).reduce((a, b) -> a + " " + b).orElse("");
  }
}
