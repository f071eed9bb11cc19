/**
 * Traces as JSON that Reflow's own tools read and write, and as compact checksummed bytes.
 *
 * <p>Everything here gives back exactly what it was given. Whatever is wrong with data that is read
 * shows as a {@link io.tracestore.spi.CorruptDataException} of one line, which says where and what.
 */
@NullMarked
package io.tracestore.codec;

import org.jspecify.annotations.NullMarked;
