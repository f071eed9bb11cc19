/** OpenTelemetry's protocol over HTTP. */
@NullMarked
package io.tracestore.server.otlp;

import org.jspecify.annotations.NullMarked;
