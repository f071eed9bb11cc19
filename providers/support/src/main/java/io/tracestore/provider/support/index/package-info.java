/**
 * The index kit, for providers whose engine keeps bytes: terms, the choice of the lists that answer
 * a query, the merge of sorted lists, and a whole index in memory. Belongs here: what finds a trace
 * by start and by {@link io.tracestore.provider.support.index.Field}. Does not belong here: how a
 * trace is stored.
 */
@NullMarked
package io.tracestore.provider.support.index;

import org.jspecify.annotations.NullMarked;
