/**
 * The writer behind {@link io.tracestore.spi.TraceStore#writer}: its queue, batches and retries.
 * Nobody else sees it.
 */
@NullMarked
package io.tracestore.spi.writer;

import org.jspecify.annotations.NullMarked;
