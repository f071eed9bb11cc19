/**
 * SQL without statements: the types of values and how they are spelled, the functions that jOOQ
 * lacks.
 */
@NullMarked
package io.tracestore.provider.clickhouse.sql;

import org.jspecify.annotations.NullMarked;
