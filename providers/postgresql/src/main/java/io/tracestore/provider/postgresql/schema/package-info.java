/**
 * The tables and how values stand in them: their creation, the partitions of the events, the
 * dictionary of names, and the forms of texts, labels and hours. Traces are neither written nor
 * read here.
 */
@NullMarked
package io.tracestore.provider.postgresql.schema;

import org.jspecify.annotations.NullMarked;
