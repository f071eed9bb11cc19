/**
 * How statements become text: jOOQ renders them with the name of the store's schema, those that are
 * always the same once; the templates of what jOOQ lacks; and the server's catalog as tables. What
 * a statement asks for stands where it is used.
 */
@NullMarked
package io.tracestore.provider.postgresql.sql;

import org.jspecify.annotations.NullMarked;
