/**
 * Transactions: what is stored, removed and counted in them. Does not belong here: queueing, which
 * the group writer does.
 */
@NullMarked
package io.tracestore.provider.sqlite.write;

import org.jspecify.annotations.NullMarked;
