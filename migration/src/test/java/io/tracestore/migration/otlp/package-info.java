@NullMarked
package io.tracestore.migration.otlp;

import org.jspecify.annotations.NullMarked;
