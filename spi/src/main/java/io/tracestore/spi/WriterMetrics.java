package io.tracestore.spi;

/**
 * What a {@link TraceWriter} has done since it was made, and what waits in it: a snapshot. A trace
 * and a single event each count as one item.
 *
 * @param queuedItems taken, and neither stored nor given up yet
 * @param queuedBytes about what these take in memory
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
