/**
 * Prepared statements and their parameters. Does not belong here: the tables that they are about.
 */
@NullMarked
package io.tracestore.provider.sqlite.sql;

import org.jspecify.annotations.NullMarked;
