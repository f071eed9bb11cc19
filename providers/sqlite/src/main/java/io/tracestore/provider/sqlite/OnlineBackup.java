package io.tracestore.provider.sqlite;

import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies a database with {@code VACUUM INTO}, which reads one snapshot; the backup API would begin
 * anew whenever another process writes.
 *
 * @see <a href="https://www.sqlite.org/lang_vacuum.html#vacuuminto">VACUUM INTO</a>
 */
final class OnlineBackup implements SqliteMaintenance {
  private final String name;
  private final SqliteConfig config;
  private final SqliteErrors errors;

  OnlineBackup(String name, SqliteConfig config, SqliteErrors errors) {
    this.name = name;
    this.config = config;
    this.errors = errors;
  }

  @Override
  public void backupTo(Path file) {
    Path target = file.toAbsolutePath();
    refuseExisting(target);
    Path unfinished = sibling(target, ".unfinished");
    try {
      Files.deleteIfExists(unfinished);
      copyTo(unfinished);
      checkCopy(unfinished);
      sync(unfinished, StandardOpenOption.WRITE);
      Files.move(unfinished, target);
      syncFolder(target);
    } catch (SQLException e) {
      throw errors.translate(e);
    } catch (IOException e) {
      throw new TraceStoreException("cannot write %s: %s".formatted(file, e), e);
    } finally {
      delete(unfinished);
    }
  }

  /** An old log beside a new database would be taken for its own. */
  private static void refuseExisting(Path target) {
    for (Path each : List.of(target, sibling(target, "-wal"), sibling(target, "-journal"))) {
      if (Files.exists(each)) {
        throw new StoreConfigurationException(
            "%s exists; name a file that does not".formatted(each), null);
      }
    }
  }

  private static Path sibling(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  private void copyTo(Path file) throws SQLException {
    try (Connection connection = new Connections(config).openSnapshotReader();
        PreparedStatement copy = connection.prepareStatement("VACUUM INTO ?")) {
      copy.setString(1, file.toString());
      copy.executeUpdate();
    }
  }

  private void checkCopy(Path copy) throws SQLException {
    SqliteConfig readOnly = SqliteConfig.builder(copy).readOnly(true).build();
    List<String> problems = check(new Connections(readOnly));
    if (!problems.isEmpty()) {
      throw new CorruptDataException(
          "%s is damaged, and so is its copy: %s".formatted(name, problems.getFirst()), null);
    }
  }

  @Override
  public List<String> checkIntegrity() {
    try {
      return check(new Connections(config));
    } catch (SQLException e) {
      throw errors.translate(e);
    }
  }

  private static List<String> check(Connections connections) throws SQLException {
    List<String> problems = new ArrayList<>();
    try (Connection connection = connections.openReader();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("PRAGMA integrity_check")) {
      while (rows.next()) {
        problems.add(rows.getString(1).replaceAll("\\s+", " "));
      }
    }
    return problems.equals(List.of("ok")) ? List.of() : problems;
  }

  private static void sync(Path file, StandardOpenOption option) throws IOException {
    try (FileChannel channel = FileChannel.open(file, option)) {
      channel.force(true);
    }
  }

  /** Makes the new name last; some systems cannot open a folder and need not. */
  private static void syncFolder(Path file) {
    Path folder = file.getParent();
    if (folder != null) {
      try {
        sync(folder, StandardOpenOption.READ);
      } catch (IOException e) {
        // The data itself is on disk already.
      }
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // It has a name of its own and harms nothing.
    }
  }
}
