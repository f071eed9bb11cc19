package io.tracestore.provider.sqlite;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * Looks at a database file before SQLite does: opening another application's file, or changing its
 * journal mode, would already change it.
 */
final class DatabaseFile {
  /** "TRCS", where SQLite keeps which application a file belongs to. */
  static final int APPLICATION_ID = 0x54524353;

  private static final String MAGIC = "SQLite format 3\0";
  private static final int HEADER_BYTES = 100;
  private static final int SCHEMA_COOKIE_AT = 40;
  private static final int USER_VERSION_AT = 60;
  private static final int APPLICATION_ID_AT = 68;
  private static final Set<PosixFilePermission> WRITE =
      Set.of(
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_WRITE);

  private final Path path;

  DatabaseFile(Path path) {
    this.path = path;
  }

  /**
   * Refuses what cannot be opened as {@code config} says.
   *
   * @throws StoreConfigurationException if it is missing, read-only, or not a database of traces
   *     that this version knows
   */
  void checkBeforeOpen(SqliteConfig config) {
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
    if (!config.readOnly() && isWriteProtected()) {
      throw refused("is read-only; open it with readOnly=true or change its permissions");
    }
    checkHeader();
  }

  private void checkCanBeMade(SqliteConfig config) {
    if (config.readOnly()) {
      throw refused("does not exist, and readOnly=true makes no file");
    }
    if (!config.create()) {
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

  /** Also for the superuser, whom the system would let write: who took the permission meant it. */
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

  /**
   * Reads the file's first bytes.
   *
   * @throws StoreConfigurationException if they are not those of a database of traces that this
   *     version knows
   */
  void checkHeader() {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    try (FileChannel file = FileChannel.open(path)) {
      while (header.hasRemaining() && file.read(header) >= 0) {}
    } catch (IOException e) {
      throw new StoreUnavailableException("%s cannot be read: %s".formatted(path, e), e);
    }
    if (header.position() == 0) {
      return; // empty: a new database
    }
    String start = new String(header.array(), 0, MAGIC.length(), StandardCharsets.ISO_8859_1);
    if (header.hasRemaining() || !start.equals(MAGIC)) {
      throw refused("is not a SQLite database; name another file");
    }
    int applicationId = header.getInt(APPLICATION_ID_AT);
    int version = header.getInt(USER_VERSION_AT);
    // Nobody ever made a table in it: who began to make the database is still at it, or died.
    boolean isNew = applicationId == 0 && version == 0 && header.getInt(SCHEMA_COOKIE_AT) == 0;
    if (!isNew) {
      check(applicationId, version);
    }
  }

  /**
   * Refuses another application's database and one of a newer version.
   *
   * @param applicationId its {@code PRAGMA application_id}
   * @param version its {@code PRAGMA user_version}
   */
  void check(int applicationId, int version) {
    if (applicationId != APPLICATION_ID) {
      throw refused("is a database of another application; name another file");
    }
    if (version > Schema.VERSION) {
      throw refused(
          "has schema version %d, and this version of Tracestore knows up to %d; use a newer one"
              .formatted(version, Schema.VERSION));
    }
  }

  private StoreConfigurationException refused(String why) {
    return new StoreConfigurationException(path + " " + why, null);
  }
}
