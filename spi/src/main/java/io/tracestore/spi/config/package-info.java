/**
 * A store's URI, its options and the classes that configure it from code: for applications, and for
 * providers that declare theirs. Unless marked {@code Nullable}, null is refused with a {@link
 * java.lang.NullPointerException}.
 *
 * <p>Errors of a wrong URI or option are a {@link io.tracestore.spi.StoreConfigurationException}.
 */
@NullMarked
package io.tracestore.spi.config;

import org.jspecify.annotations.NullMarked;
