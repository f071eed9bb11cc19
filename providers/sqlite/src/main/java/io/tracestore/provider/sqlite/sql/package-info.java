/**
 * Statements of jOOQ as text, prepared, with their parameters; the SQL that jOOQ lacks. Does not
 * belong here: the tables that they are about.
 */
@NullMarked
package io.tracestore.provider.sqlite.sql;

import org.jspecify.annotations.NullMarked;
