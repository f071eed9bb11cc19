/**
 * The interface of a trace store, for applications that use one and for authors of providers.
 *
 * <p>Applications open a {@link io.tracestore.spi.TraceStore} with {@code
 * io.tracestore.TraceStores.open(uri)}; providers implement {@link
 * io.tracestore.spi.TraceStoreProvider}. Unless marked {@code Nullable}, null is refused with a
 * {@link java.lang.NullPointerException}.
 */
@NullMarked
package io.tracestore.spi;

import org.jspecify.annotations.NullMarked;
