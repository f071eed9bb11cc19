/** Writes and removals; every change of one trace is one script. */
@NullMarked
package io.tracestore.provider.redis.write;

import org.jspecify.annotations.NullMarked;
