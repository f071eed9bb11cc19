/** What the heap holds of each trace, built from the map when it is opened. */
@NullMarked
package io.tracestore.provider.chronicle.index;

import org.jspecify.annotations.NullMarked;
