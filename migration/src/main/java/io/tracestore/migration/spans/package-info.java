/**
 * Code that all formats of spans share: {@link io.tracestore.migration.spans.SpanSource} collects
 * the spans of each trace and turns them into a flow trace.
 */
@NullMarked
package io.tracestore.migration.spans;

import org.jspecify.annotations.NullMarked;
