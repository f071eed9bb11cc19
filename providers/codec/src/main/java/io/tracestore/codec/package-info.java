/**
 * Traces as JSON that Reflow's own tools read and write, and as compact checksummed bytes.
 *
 * <p>A trace that is written and read is equal to the original. Every fault in data that are read
 * is a {@link io.tracestore.spi.CorruptDataException} with a message of one line, which says where
 * and what.
 */
@NullMarked
package io.tracestore.codec;

import org.jspecify.annotations.NullMarked;
