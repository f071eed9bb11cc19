/**
 * Connections to Redis: options, errors, facts about the servers, and the layout that the data
 * have.
 */
@NullMarked
package io.tracestore.provider.redis.connect;

import org.jspecify.annotations.NullMarked;
