/** Traces that arrive in pieces: events are stored at once, headers when the trace is complete. */
@NullMarked
package io.tracestore.migration.pieces;

import org.jspecify.annotations.NullMarked;
