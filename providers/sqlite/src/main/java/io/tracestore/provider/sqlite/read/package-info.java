/**
 * Traces and events out of the tables, backups included. Does not belong here: everything that
 * changes a table.
 */
@NullMarked
package io.tracestore.provider.sqlite.read;

import org.jspecify.annotations.NullMarked;
