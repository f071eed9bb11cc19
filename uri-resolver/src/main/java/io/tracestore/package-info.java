/**
 * The entrance: {@link io.tracestore.TraceStores#open(String)} gives a store for a URI.
 *
 * <p>A URI names a scheme; the provider of that scheme is found on the class path or module path.
 */
@NullMarked
package io.tracestore;

import org.jspecify.annotations.NullMarked;
