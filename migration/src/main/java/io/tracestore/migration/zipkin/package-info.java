/** Reads Zipkin v2 JSON and turns each of its traces into a flow trace. */
@NullMarked
package io.tracestore.migration.zipkin;

import org.jspecify.annotations.NullMarked;
