/**
 * PostgreSQL for tests: a server that is named, an embedded, an installed or a container's one, and
 * a pooler.
 */
@NullMarked
package io.tracestore.testing.postgresql;

import org.jspecify.annotations.NullMarked;
