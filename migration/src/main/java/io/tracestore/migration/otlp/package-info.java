/**
 * Reads and writes the traces of OpenTelemetry's protocol (OTLP).
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/">OTLP specification</a>
 * @see <a href="https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/">OTLP files</a>
 */
@NullMarked
package io.tracestore.migration.otlp;

import org.jspecify.annotations.NullMarked;
