package io.tracestore.migration;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceStoreException;
import java.util.Optional;

/**
 * A stream of traces read from files, with what could not be read in between. Holds a bounded part
 * of them in memory. Not safe for several threads.
 */
public interface TraceSource extends AutoCloseable {
  /** A trace, or something that is none. */
  sealed interface Item {}

  /**
   * A trace that was read.
   *
   * @param trace the trace
   * @param source the file it was read from
   * @param position where it begins, as messages name it
   */
  record Read(FlowTrace trace, String source, String position) implements Item {}

  /**
   * Some of the events of a trace, which follows without them.
   *
   * @param trace the trace with these events alone
   * @param source the file it was read from
   * @param position where it begins, as messages name it
   */
  record Part(FlowTrace trace, String source, String position) implements Item {}

  /**
   * Data that were read and are no part of a trace, such as metrics beside spans.
   *
   * @param source the file it was read from
   * @param what such as {@code metrics}
   */
  record PassedOver(String source, String what) implements Item {}

  /**
   * A part of the source that could not be read.
   *
   * @param rejection what and why
   */
  record Refused(Rejection rejection) implements Item {}

  /**
   * The next item, or empty at the end. A file that cannot be read to its end gives a last refused
   * item, and the next file follows.
   *
   * @throws TraceStoreException if reading cannot go on at all
   */
  Optional<Item> next();

  /** Releases files, temporary ones included. */
  @Override
  void close();
}
