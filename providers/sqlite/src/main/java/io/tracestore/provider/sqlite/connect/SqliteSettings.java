package io.tracestore.provider.sqlite.connect;

import io.tracestore.provider.sqlite.SqliteConfig;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The settings in a URI, read and checked once.
 *
 * @param uri names the store in messages
 * @param path the file; null for a private database in memory
 * @param options the values of {@link SqliteConfig}'s constants
 */
public record SqliteSettings(StoreUri uri, @Nullable Path path, StoreOptions options) {
  public static final String IN_MEMORY = ":memory:";

  public SqliteSettings {
    if (path == null && options.get(SqliteConfig.READ_ONLY)) {
      throw new StoreConfigurationException(
          "%s: readOnly makes no sense for a database in memory".formatted(uri), null);
    }
  }

  public static SqliteSettings of(StoreUri uri, StoreOptions options) {
    return new SqliteSettings(uri, path(uri), options);
  }

  public <T> T get(StoreOption<T> option) {
    return options.get(option);
  }

  /** The store's name in messages. */
  @Override
  public String toString() {
    return uri.toString();
  }

  private static @Nullable Path path(StoreUri uri) {
    String body = uri.body();
    if (body.equals(IN_MEMORY)) {
      return null;
    }
    if (body.isEmpty()) {
      throw new StoreConfigurationException(
          "%s names no file; write sqlite:PATH or sqlite::memory:".formatted(uri), null);
    }
    if (body.startsWith("//") && !body.startsWith("///")) {
      throw new StoreConfigurationException(
          "%s: write sqlite:%s for a file here, or sqlite:%s for one in the root folder"
              .formatted(uri, body.substring(2), body.substring(1)),
          null);
    }
    if (body.startsWith("file:")) {
      throw new StoreConfigurationException(
          "%s: give a plain path, without 'file:'".formatted(uri), null);
    }
    try {
      return Path.of(body);
    } catch (InvalidPathException e) {
      throw new StoreConfigurationException("%s: not a path: %s".formatted(uri, e.getReason()), e);
    }
  }

  /** The body of a URI that names {@code path}. */
  public static String rawBody(Path path) {
    String name = path.toString();
    if (name.isEmpty()) {
      throw new IllegalArgumentException("path must not be empty");
    }
    boolean means = name.equals(IN_MEMORY) || name.startsWith("file:");
    return StoreUri.encodeBody(means ? "./" + name : name);
  }
}
