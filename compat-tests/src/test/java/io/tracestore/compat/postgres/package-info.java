/** PostgreSQL servers for tests, and what the kit does not say about the provider for them. */
@NullMarked
package io.tracestore.compat.postgres;

import org.jspecify.annotations.NullMarked;
