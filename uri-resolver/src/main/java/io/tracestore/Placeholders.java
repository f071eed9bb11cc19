package io.tracestore;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Fills in <code>${env:NAME}</code> and <code>${file:PATH}</code>. */
final class Placeholders {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([a-z]+):([^}]*)}");

  private Placeholders() {}

  static StoreUri fillIn(StoreUri uri, Secrets secrets) {
    return fillIn(uri, secrets, System::getenv);
  }

  static StoreUri fillIn(
      StoreUri uri, Secrets secrets, UnaryOperator<@Nullable String> environment) {
    return uri.fillIn(
        PLACEHOLDER,
        match -> {
          String value = value(match.group(1), match.group(2), environment);
          secrets.add(value);
          return value;
        });
  }

  private static String value(
      String kind, String name, UnaryOperator<@Nullable String> environment) {
    return switch (kind) {
      case "env" -> {
        String value = environment.apply(name);
        if (value == null) {
          throw new StoreConfigurationException(
              "environment variable " + name + " is not set; the store's URI asks for it", null);
        }
        yield value;
      }
      case "file" -> readFile(name);
      default ->
          throw new StoreConfigurationException(
              "unknown placeholder '${%s:%s}'; known: ${env:NAME}, ${file:PATH}"
                  .formatted(kind, name),
              null);
    };
  }

  /** The file's text without the line end that editors and shells leave. */
  private static String readFile(String name) {
    try {
      return Files.readString(Path.of(name)).replaceFirst("\\R\\z", "");
    } catch (IOException | InvalidPathException e) {
      throw new StoreConfigurationException(
          "cannot read file '%s', which the store's URI asks for: %s"
              .formatted(name, e.getClass().getSimpleName()),
          e);
    }
  }
}
