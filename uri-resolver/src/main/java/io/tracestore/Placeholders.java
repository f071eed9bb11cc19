package io.tracestore;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.config.StoreUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Fills in <code>${env:NAME}</code> and <code>${file:PATH}</code>. */
final class Placeholders {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]*)(}?)");

  private Placeholders() {}

  static StoreUri fillIn(StoreUri uri, Secrets secrets) {
    return fillIn(uri, secrets, System::getenv);
  }

  static StoreUri fillIn(
      StoreUri uri, Secrets secrets, UnaryOperator<@Nullable String> environment) {
    return uri.fillIn(
        PLACEHOLDER,
        match -> {
          String value = value(uri, match, environment);
          secrets.add(value);
          return value;
        });
  }

  private static String value(
      StoreUri uri, MatchResult match, UnaryOperator<@Nullable String> environment) {
    // Percent escapes are decoded here as everywhere: withOptions escapes what it is given.
    String[] kindAndName = StoreUri.percentDecode(match.group(1), "a placeholder").split(":", 2);
    boolean closed = !match.group(2).isEmpty();
    if (closed && kindAndName.length == 2) {
      switch (kindAndName[0]) {
        case "env" -> {
          return readVariable(kindAndName[1], environment);
        }
        case "file" -> {
          return readFile(kindAndName[1]);
        }
        default -> {}
      }
    }
    // Not shown: it may be a part of a password.
    throw new StoreConfigurationException(
        "unknown placeholder in '%s'; known: ${env:NAME}, ${file:PATH}; a '$' as such is written %%24"
            .formatted(uri),
        null);
  }

  private static String readVariable(String name, UnaryOperator<@Nullable String> environment) {
    String value = environment.apply(name);
    if (value == null) {
      throw new StoreConfigurationException(
          "environment variable " + name + " is not set; the store's URI asks for it", null);
    }
    return value;
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
