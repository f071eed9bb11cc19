package io.tracestore.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One new store of a fixture, opened, and removed with all its data in the end. */
final class KitStore implements AutoCloseable {
  private final StoreFixture fixture;
  private final Path directory;
  private final String uri;
  private TraceStore store;

  private KitStore(StoreFixture fixture, Path directory) {
    this.fixture = fixture;
    this.directory = directory;
    this.uri = fixture.newStoreUri(directory);
    this.store = TraceStores.open(uri);
  }

  static KitStore open(StoreFixture fixture) {
    Path directory;
    try {
      directory = Files.createTempDirectory("tracestore-kit");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      return new KitStore(fixture, directory);
    } catch (RuntimeException | Error e) {
      deleteRecursively(directory);
      throw e;
    }
  }

  TraceStore store() {
    return store;
  }

  String uri() {
    return uri;
  }

  Path directory() {
    return directory;
  }

  /** Closes the store and opens it again. */
  TraceStore reopen() {
    return reopen(Map.of());
  }

  /** Closes the store and opens it again, with options that its URI does not give. */
  TraceStore reopen(Map<String, String> options) {
    store.close();
    store = TraceStores.open(uri, options);
    return store;
  }

  @Override
  public void close() {
    store.close();
    fixture.removeStore(uri);
    deleteRecursively(directory);
    assertThat(directory).doesNotExist();
  }

  private static void deleteRecursively(Path directory) {
    try {
      Files.walkFileTree(directory, new Deletion());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes files, and directories once they are empty. */
  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      Files.delete(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
