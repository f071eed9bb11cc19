/**
 * An index in memory: finds traces by start and by {@link
 * io.tracestore.provider.support.index.Field}, for providers whose engine has no index of its own.
 * Belongs here: sorted lists of traces, and the choice of the list that answers a query. Does not
 * belong here: how a trace is stored.
 */
@NullMarked
package io.tracestore.provider.support.index;

import org.jspecify.annotations.NullMarked;
