/** The part of each trace that lies on the heap, built from the map when it is opened. */
@NullMarked
package io.tracestore.provider.chronicle.index;

import org.jspecify.annotations.NullMarked;
