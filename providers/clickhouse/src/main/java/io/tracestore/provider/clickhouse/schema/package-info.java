/**
 * The tables and how values stand in them: their creation, the partitions, the sections, and the
 * columns of an event. Traces are neither written nor read here.
 */
@NullMarked
package io.tracestore.provider.clickhouse.schema;

import org.jspecify.annotations.NullMarked;
