@NullMarked
package io.tracestore.zipkin;

import org.jspecify.annotations.NullMarked;
