/**
 * Questions over many traces and their answers: metrics of events and the graph of actors. Unless
 * marked {@code Nullable}, null is refused with a {@link java.lang.NullPointerException}.
 */
@NullMarked
package io.tracestore.spi.analytics;

import org.jspecify.annotations.NullMarked;
