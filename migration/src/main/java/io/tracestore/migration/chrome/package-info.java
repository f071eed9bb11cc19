/** Writes traces in Chrome's trace event format. */
@NullMarked
package io.tracestore.migration.chrome;

import org.jspecify.annotations.NullMarked;
