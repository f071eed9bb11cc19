/**
 * Requests to the servers: the settings of a store and of each request, further attempts and time
 * limits, the rows of an answer, and the driver's failures as errors of the store.
 */
@NullMarked
package io.tracestore.provider.clickhouse.connect;

import org.jspecify.annotations.NullMarked;
