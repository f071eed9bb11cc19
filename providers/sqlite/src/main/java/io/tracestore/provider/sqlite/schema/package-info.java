/** The tables, and how values are kept in them. Does not belong here: queries and transactions. */
@NullMarked
package io.tracestore.provider.sqlite.schema;

import org.jspecify.annotations.NullMarked;
