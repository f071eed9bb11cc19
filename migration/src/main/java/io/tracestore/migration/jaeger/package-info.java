/**
 * Reads the JSON of Jaeger's query API and user interface.
 *
 * @see <a href="https://www.jaegertracing.io/docs/latest/apis/">Jaeger's APIs</a>
 */
@NullMarked
package io.tracestore.migration.jaeger;

import org.jspecify.annotations.NullMarked;
