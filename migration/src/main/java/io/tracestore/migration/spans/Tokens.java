package io.tracestore.migration.spans;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/** The names of JSON's tokens in errors. */
public final class Tokens {
  private Tokens() {}

  public static String name(@Nullable JsonToken token) {
    return switch (token) {
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "true or false";
      case VALUE_NULL -> "null";
      case START_ARRAY -> "a list";
      case START_OBJECT -> "an object";
      case null, default -> "nothing";
    };
  }
}
