/**
 * A store on the heap: {@link io.tracestore.provider.mem.MemTraceStoreProvider} opens {@code mem:}.
 */
@NullMarked
package io.tracestore.provider.mem;

import org.jspecify.annotations.NullMarked;
