/** ClickHouse for tests: a server that is named, one in a container, or the test server. */
@NullMarked
package io.tracestore.testing.clickhouse;

import org.jspecify.annotations.NullMarked;
