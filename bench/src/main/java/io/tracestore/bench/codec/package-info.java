/** Measurements that led to the choice of the binary form: see ADR 3. */
@NullMarked
package io.tracestore.bench.codec;

import org.jspecify.annotations.NullMarked;
