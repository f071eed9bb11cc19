/** Writing and removing: blocks of rows, what is stored already, deletions and purges. */
@NullMarked
package io.tracestore.provider.clickhouse.write;

import org.jspecify.annotations.NullMarked;
