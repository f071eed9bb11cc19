/** Writes events as rows for databases and data frames. */
@NullMarked
package io.tracestore.migration.rows;

import org.jspecify.annotations.NullMarked;
