/** Keeps traces in ClickHouse: one server, or a cluster of shards and replicas. */
@NullMarked
package io.tracestore.provider.clickhouse;

import org.jspecify.annotations.NullMarked;
