package io.tracestore.bench;

import org.jspecify.annotations.Nullable;

/** Calls that are measured. Their inputs are prepared while no clock runs. */
@SuppressWarnings("try") // an interrupt may pass
interface Work extends AutoCloseable {
  /** Prepares the inputs of {@code calls} calls; each input is used once. */
  void prepare(int calls) throws Exception;

  /**
   * Makes one of the prepared calls. Several threads may call at once, each with a number of its
   * own.
   *
   * @param number from 0 to the number of prepared calls - 1
   * @return a result, so that the call cannot be optimised away
   */
  @Nullable Object call(int number) throws Exception;

  /** How many operations a call makes, such as the traces of a batch. */
  default int operations() {
    return 1;
  }

  /** How many calls of a thread may be prepared at once. */
  default int mostCalls() {
    return Math.max(1, 1_000 / operations());
  }

  /** The bytes that the store takes for each event; NaN if this work does not tell. */
  default double bytesPerEvent() {
    return Double.NaN;
  }

  /** Checks that what was written is there, and removes it. */
  @Override
  void close() throws Exception;
}
