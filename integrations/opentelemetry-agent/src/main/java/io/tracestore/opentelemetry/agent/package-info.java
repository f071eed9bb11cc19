/**
 * The way of the exporter into OpenTelemetry's Java agent. Does not belong here: the exporter
 * itself.
 */
@NullMarked
package io.tracestore.opentelemetry.agent;

import org.jspecify.annotations.NullMarked;
