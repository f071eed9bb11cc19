package io.tracestore.spi;

/**
 * Counts of a {@link TraceWriter}'s work since it was made, and of its queue: a snapshot. A trace
 * and a single event each count as one item.
 *
 * @param queuedItems items that were taken and neither stored nor given up yet
 * @param queuedBytes the memory that these take, estimated in bytes
 * @param writtenItems stored
 * @param lostItems handed to the listener because they could not be stored
 * @param droppedItems handed to the listener because the queue was full
 * @param batches how often a batch was put together
 * @param retries how often something was tried again
 */
public record WriterMetrics(
    long queuedItems,
    long queuedBytes,
    long writtenItems,
    long lostItems,
    long droppedItems,
    long batches,
    long retries) {}
