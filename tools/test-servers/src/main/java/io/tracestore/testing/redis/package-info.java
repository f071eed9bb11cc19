/** Redis for tests: servers, clusters and containers. */
@NullMarked
package io.tracestore.testing.redis;

import org.jspecify.annotations.NullMarked;
