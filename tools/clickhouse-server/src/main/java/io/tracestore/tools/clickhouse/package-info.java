/** ClickHouse's HTTP interface in front of ClickHouse as a library: a server for tests. */
@NullMarked
package io.tracestore.tools.clickhouse;

import org.jspecify.annotations.NullMarked;
