@NullMarked
package io.tracestore.opentelemetry;

import org.jspecify.annotations.NullMarked;
