/** The {@code tracestore bench} command: plans and runs the benchmarks, and tells what they say. */
@NullMarked
package io.tracestore.bench.app;

import org.jspecify.annotations.NullMarked;
