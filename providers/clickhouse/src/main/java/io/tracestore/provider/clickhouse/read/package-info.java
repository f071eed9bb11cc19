/** Reading: traces, pages and cursors, sums of events, and facts about the server. */
@NullMarked
package io.tracestore.provider.clickhouse.read;

import org.jspecify.annotations.NullMarked;
