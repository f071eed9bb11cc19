@NullMarked
package io.tracestore.bench.app;

import org.jspecify.annotations.NullMarked;
