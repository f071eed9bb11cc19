/**
 * Cursors: {@link io.tracestore.provider.support.read.ChunkedCursor} over a source that reads a
 * chunk at a time. Belongs here: how far a cursor is, and how much it holds. Does not belong here:
 * how an engine finds and reads traces.
 */
@NullMarked
package io.tracestore.provider.support.read;

import org.jspecify.annotations.NullMarked;
