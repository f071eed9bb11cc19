package io.tracestore.provider.sqlite.connect;

import io.tracestore.provider.sqlite.SqliteConfig;
import io.tracestore.provider.sqlite.schema.Schema;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Set;

/**
 * Facts about a database file that do not need it open. Only SQLite opens it: closing a descriptor
 * of a file, any descriptor, drops all locks that the process has on it, those of SQLite too.
 */
public final class DatabaseFile {
  private static final Set<PosixFilePermission> WRITE =
      Set.of(
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_WRITE);

  private final Path path;

  public DatabaseFile(Path path) {
    this.path = path;
  }

  /**
   * Refuses what cannot be opened as {@code config} says.
   *
   * @throws StoreConfigurationException if it is missing, read-only, or not a database of traces
   *     that this version knows
   */
  public void checkBeforeOpen(SqliteSettings config) {
    if (Files.isDirectory(path)) {
      throw refused("is a directory; name a file in it");
    }
    if (!Files.exists(path)) {
      checkCanBeMade(config);
      return;
    }
    if (!Files.isReadable(path)) {
      throw refused("cannot be read; check its permissions");
    }
    if (!config.get(SqliteConfig.READ_ONLY) && isWriteProtected()) {
      throw refused("is read-only; open it with readOnly=true or change its permissions");
    }
  }

  private void checkCanBeMade(SqliteSettings config) {
    if (config.get(SqliteConfig.READ_ONLY)) {
      throw refused("does not exist, and readOnly=true makes no file");
    }
    if (!config.get(SqliteConfig.CREATE)) {
      throw refused("does not exist, and create=false makes no file");
    }
    Path parent = path.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw refused("cannot be made: the directory %s does not exist".formatted(parent));
    }
    if (!Files.isWritable(parent)) {
      throw refused("cannot be made: the directory %s is read-only".formatted(parent));
    }
  }

  /**
   * Whether nobody has the permission to write. This counts also for the superuser, whom the system
   * would let write.
   */
  private boolean isWriteProtected() {
    if (!Files.isWritable(path)) {
      return true;
    }
    try {
      return Files.getPosixFilePermissions(path).stream().noneMatch(WRITE::contains);
    } catch (UnsupportedOperationException | IOException e) {
      return false; // isWritable is all there is to know
    }
  }

  /** The file itself, where symbolic links lead; it may be missing. */
  public Path resolve() {
    try {
      return resolve(path.toAbsolutePath());
    } catch (IOException e) {
      throw new StoreUnavailableException("%s cannot be found: %s".formatted(path, e), e);
    }
  }

  private static Path resolve(Path file) throws IOException {
    if (Files.exists(file)) {
      return file.toRealPath();
    }
    Path folder = Objects.requireNonNull(file.getParent(), "a file has a folder").toRealPath();
    Path named = folder.resolve(Objects.requireNonNull(file.getFileName(), "a file has a name"));
    return Files.isSymbolicLink(named)
        ? resolve(folder.resolve(Files.readSymbolicLink(named)).normalize())
        : named;
  }

  /**
   * Refuses another application's database and one of a newer version.
   *
   * @param applicationId its {@code PRAGMA application_id}
   * @param version its {@code PRAGMA user_version}
   */
  public void check(int applicationId, int version) {
    if (applicationId != Schema.APPLICATION_ID) {
      throw refused("is a database of another application; name another file");
    }
    if (version < Schema.VERSION) {
      throw refused(
          "has schema version %d, and this version of Tracestore reads only %d; move its traces with the version that made it (export, then restore here)"
              .formatted(version, Schema.VERSION));
    }
    if (version > Schema.VERSION) {
      throw refused(
          "has schema version %d, and this version of Tracestore knows up to %d; use a newer one"
              .formatted(version, Schema.VERSION));
    }
  }

  public StoreConfigurationException refused(String why) {
    return new StoreConfigurationException(path + " " + why, null);
  }
}
