/** A span exporter that stores traces. */
@NullMarked
package io.tracestore.opentelemetry;

import org.jspecify.annotations.NullMarked;
