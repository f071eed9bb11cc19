/**
 * The names and forms of what is stored, and the scripts that run inside the server. Knows no
 * connection.
 */
@NullMarked
package io.tracestore.provider.redis.schema;

import org.jspecify.annotations.NullMarked;
