@NullMarked
package io.tracestore.opentelemetry.agent;

import org.jspecify.annotations.NullMarked;
