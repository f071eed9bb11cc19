/**
 * Connections to the server: the settings, the pools with their retries and time limits, and the
 * driver's failures as errors of the store. Statements of the store do not belong here.
 */
@NullMarked
package io.tracestore.provider.postgresql.connect;

import org.jspecify.annotations.NullMarked;
