/**
 * Traces in files: {@link io.tracestore.migration.TraceImporter} stores them, {@link
 * io.tracestore.migration.Backup} writes them, and {@link io.tracestore.migration.SampleTraces}
 * makes realistic ones. Null is refused unless marked {@code Nullable}.
 */
@NullMarked
package io.tracestore.migration;

import org.jspecify.annotations.NullMarked;
