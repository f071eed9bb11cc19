package io.tracestore.provider.support.write;

import java.util.List;

/**
 * The transactions of an engine. A {@link GroupWriter} calls it from one thread at a time, but not
 * always from the same thread.
 *
 * @param <W> one write
 */
@FunctionalInterface
public interface WriteSink<W> {
  /**
   * Writes a batch in one transaction and commits it.
   *
   * @param batch the writes in the order in which they take effect; not empty
   * @return the outcome of each write, in the order of {@code batch}; refused writes have left
   *     nothing in the transaction
   * @throws Exception if nothing of the batch is stored. Unless the error is retryable, the writer
   *     then tries smaller batches, down to single writes, as one bad write may be the cause. A
   *     sink that knows that every write would fail returns refusals instead.
   */
  List<WriteOutcome> write(List<W> batch) throws Exception;
}
