/** Keeps traces in a SQLite file, or in memory with SQLite as the engine. */
@NullMarked
package io.tracestore.provider.sqlite;

import org.jspecify.annotations.NullMarked;
