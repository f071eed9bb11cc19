/** Writing and removing: batches of writes, purges, and the regular maintenance. */
@NullMarked
package io.tracestore.provider.postgresql.write;

import org.jspecify.annotations.NullMarked;
