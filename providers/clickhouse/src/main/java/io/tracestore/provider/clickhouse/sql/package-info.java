/**
 * How statements become text: {@link io.tracestore.provider.clickhouse.sql.Renderer} renders them
 * with the name of the store's database, those that are always the same once ({@link
 * io.tracestore.provider.clickhouse.sql.Rendered}); the types of values and how they are spelled;
 * the functions that jOOQ lacks. A statement stands where it is used.
 */
@NullMarked
package io.tracestore.provider.clickhouse.sql;

import org.jspecify.annotations.NullMarked;
