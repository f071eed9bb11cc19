/** Reads by id and by filter. */
@NullMarked
package io.tracestore.provider.chronicle.read;

import org.jspecify.annotations.NullMarked;
