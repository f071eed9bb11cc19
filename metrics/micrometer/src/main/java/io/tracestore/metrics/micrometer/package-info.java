/**
 * Binds trace stores and their writers to Micrometer: {@link
 * io.tracestore.metrics.micrometer.TraceStoreMeters}.
 */
@NullMarked
package io.tracestore.metrics.micrometer;

import org.jspecify.annotations.NullMarked;
