/** Writes and removals of one trace. */
@NullMarked
package io.tracestore.provider.chronicle.write;

import org.jspecify.annotations.NullMarked;
