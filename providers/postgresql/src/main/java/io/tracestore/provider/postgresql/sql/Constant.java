package io.tracestore.provider.postgresql.sql;

/**
 * A value that stands in the text of a statement where {@link SqlTemplates#filledIn} has left a
 * place for it. Only numbers and UUIDs can become one.
 *
 * @param text the value as SQL
 */
public record Constant(String text) {}
