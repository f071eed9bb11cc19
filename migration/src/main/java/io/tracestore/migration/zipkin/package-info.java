/** Reads Zipkin v2 JSON. */
@NullMarked
package io.tracestore.migration.zipkin;

import org.jspecify.annotations.NullMarked;
