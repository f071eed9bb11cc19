/**
 * The compatibility kit: every promise that a {@link io.tracestore.spi.TraceStore} makes, as tests.
 *
 * <p>The author of a provider extends {@link io.tracestore.compat.TraceStoreKit} once per backend
 * configuration and gets all tests. {@link io.tracestore.compat.TraceGenerator} makes traces from
 * the whole space of values, also for tests of other things.
 */
@NullMarked
package io.tracestore.compat;

import org.jspecify.annotations.NullMarked;
