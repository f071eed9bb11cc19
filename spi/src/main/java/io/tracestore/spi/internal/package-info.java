/** Shared between Tracestore's own modules; not for others. */
@NullMarked
package io.tracestore.spi.internal;

import org.jspecify.annotations.NullMarked;
