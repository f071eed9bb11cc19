/**
 * Traces on the heap: how they are kept, found, written, evicted and counted. A heap with a name
 * outlives its stores.
 */
@NullMarked
package io.tracestore.provider.mem.heap;

import org.jspecify.annotations.NullMarked;
