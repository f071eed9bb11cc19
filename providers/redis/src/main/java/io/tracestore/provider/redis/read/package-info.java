/** Reads by id and by filter. */
@NullMarked
package io.tracestore.provider.redis.read;

import org.jspecify.annotations.NullMarked;
