@NullMarked
package io.tracestore.migration.jaeger;

import org.jspecify.annotations.NullMarked;
