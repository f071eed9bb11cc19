/** Traces in a PostgreSQL database, version 13 or newer. */
@NullMarked
package io.tracestore.provider.postgresql;

import org.jspecify.annotations.NullMarked;
