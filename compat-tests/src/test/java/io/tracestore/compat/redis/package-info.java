/** The Redis provider against real servers, and what they do when they fail. */
@NullMarked
package io.tracestore.compat.redis;

import org.jspecify.annotations.NullMarked;
