@NullMarked
package io.tracestore.migration.zipkin;

import org.jspecify.annotations.NullMarked;
