/** Values as SQL spells them. */
@NullMarked
package io.tracestore.provider.clickhouse.sql;

import org.jspecify.annotations.NullMarked;
