/** Zipkin's API, version 2. */
@NullMarked
package io.tracestore.server.zipkin;

import org.jspecify.annotations.NullMarked;
