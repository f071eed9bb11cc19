/**
 * A base for stores: {@link io.tracestore.provider.support.BaseTraceStore} does what is the same in
 * every store, so that a provider writes only what its engine does differently.
 */
@NullMarked
package io.tracestore.provider.support;

import org.jspecify.annotations.NullMarked;
