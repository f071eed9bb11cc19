package io.tracestore.migration.spans;

import io.tracestore.migration.Rejection;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Reads the spans of one file, one after the other. Not safe for several threads. */
public interface SpanReader extends AutoCloseable {
  /** A span or what is wrong where one should be. */
  sealed interface Item {}

  /**
   * A span.
   *
   * @param line where it begins, from 1; 0 in a file that is no text
   * @param column where it begins, from 1; the byte offset in a file that is no text
   */
  record Found(Span span, long line, long column) implements Item {}

  /**
   * Data that are no span and were not meant to be one.
   *
   * @param what such as {@code metrics}
   */
  record PassedOver(String what) implements Item {}

  /**
   * A faulty element that is no span.
   *
   * @param isUnreadable whether it is not of the format at all, so that what follows may be missed
   */
  record Refused(Rejection rejection, boolean isUnreadable) implements Item {
    public Refused(Rejection rejection) {
      this(rejection, false);
    }
  }

  /** Opens files of one format. */
  interface Opener {
    /**
     * Opens one.
     *
     * @param in closed by the caller
     * @param source what messages call it
     * @param maxBytes larger spans are refused
     */
    SpanReader open(InputStream in, String source, long maxBytes);
  }

  /** The next span or problem; null at the end, and after a fault that ends the reading. */
  @Nullable Item next();

  /** Releases what the reader holds, which is not its stream. */
  @Override
  void close();
}
