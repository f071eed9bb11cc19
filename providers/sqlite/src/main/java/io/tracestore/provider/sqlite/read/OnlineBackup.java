package io.tracestore.provider.sqlite.read;

import static io.tracestore.provider.sqlite.sql.SqlTemplates.pragma;
import static io.tracestore.provider.sqlite.sql.SqlTemplates.vacuumInto;
import static org.jooq.impl.DSL.param;

import io.tracestore.provider.sqlite.SqliteMaintenance;
import io.tracestore.provider.sqlite.connect.Connections;
import io.tracestore.provider.sqlite.connect.Disk;
import io.tracestore.provider.sqlite.connect.SqliteErrors;
import io.tracestore.provider.sqlite.sql.Pragma;
import io.tracestore.provider.sqlite.sql.Rendered;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Copies a database with {@code VACUUM INTO}, which reads one snapshot; the backup API would start
 * over whenever another process writes.
 *
 * @see <a href="https://www.sqlite.org/lang_vacuum.html#vacuuminto">VACUUM INTO</a>
 */
public final class OnlineBackup implements SqliteMaintenance {
  private static final Rendered COPY = Rendered.of(vacuumInto(param(String.class)));
  private static final Rendered CHECK = Rendered.of(pragma(Pragma.INTEGRITY_CHECK));

  private final String name;
  private final Connections connections;
  private final SqliteErrors errors;

  public OnlineBackup(String name, Connections connections, SqliteErrors errors) {
    this.name = name;
    this.connections = connections;
    this.errors = errors;
  }

  @Override
  public void backupTo(Path file) {
    Path target = file.toAbsolutePath();
    refuseExisting(target);
    if (!Files.isDirectory(folderOf(target))) {
      throw new TraceStoreException(
          "cannot write %s: its folder does not exist".formatted(file), null);
    }
    try (UnfinishedFile unfinished = UnfinishedFile.beside(target)) {
      Path copy = unfinished.path();
      takeOverPermissions(copy);
      copyTo(copy, file);
      checkCopy(copy);
      Disk.sync(copy);
      moveIntoPlace(copy, target);
      Disk.syncFolderOf(target);
    } catch (FileAlreadyExistsException e) {
      throw exists(target);
    } catch (SQLException e) {
      throw errors.translate(e);
    } catch (IOException e) {
      throw new TraceStoreException("cannot write %s: %s".formatted(file, reason(e)), e);
    }
  }

  /** An old log beside a new database would be taken for its own. */
  private static void refuseExisting(Path target) {
    for (Path each : List.of(target, sibling(target, "-wal"), sibling(target, "-journal"))) {
      if (Files.exists(each, LinkOption.NOFOLLOW_LINKS)) {
        throw exists(each);
      }
    }
  }

  private static StoreConfigurationException exists(Path file) {
    return new StoreConfigurationException(
        "%s exists; name a file that does not".formatted(file), null);
  }

  private static Path sibling(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  private static Path folderOf(Path target) {
    return Objects.requireNonNull(target.getParent(), "a file has a folder");
  }

  private static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "its folder may not be written to";
      case FileSystemException known when known.getReason() != null -> known.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }

  /** Gives the copy the permissions of the store's file. */
  private void takeOverPermissions(Path made) throws IOException {
    Path store = connections.file();
    PosixFileAttributeView view = Files.getFileAttributeView(made, PosixFileAttributeView.class);
    if (store != null && view != null) {
      PosixFileAttributes own = view.readAttributes();
      PosixFileAttributes stores = Files.readAttributes(store, PosixFileAttributes.class);
      // For others they would mean others: then it stays private.
      if (own.owner().equals(stores.owner()) && own.group().equals(stores.group())) {
        view.setPermissions(stores.permissions());
      }
    }
  }

  /** Fails if the target was created during the copy; never overwrites it. */
  private static void moveIntoPlace(Path unfinished, Path target) throws IOException {
    try {
      Files.createLink(target, unfinished);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException | UnsupportedOperationException e) {
      Files.move(unfinished, target); // a file system without links
    }
  }

  private void copyTo(Path unfinished, Path file) throws SQLException {
    try (Connection connection = connections.openSnapshotReader();
        PreparedStatement copy = connection.prepareStatement(COPY.sql())) {
      copy.setString(1, unfinished.toString());
      copy.executeUpdate();
    } catch (SQLException e) {
      if (SqliteErrors.isFull(e)) {
        throw new StoreCapacityException(
            "%s cannot be written: the disk is full; free some space or name a file elsewhere"
                .formatted(file),
            e);
      }
      throw e;
    }
  }

  private void checkCopy(Path copy) throws SQLException {
    List<String> problems = check(connections.to(copy));
    if (!problems.isEmpty()) {
      throw new CorruptDataException(
          "%s is damaged, and so is its copy: %s".formatted(name, problems.getFirst()), null);
    }
  }

  @Override
  public List<String> checkIntegrity() {
    try {
      return check(connections);
    } catch (SQLException e) {
      throw errors.translate(e);
    }
  }

  private static List<String> check(Connections connections) throws SQLException {
    List<String> problems = new ArrayList<>();
    try (Connection connection = connections.openReader();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(CHECK.sql())) {
      while (rows.next()) {
        problems.add(rows.getString(1).replaceAll("\\s+", " "));
      }
    }
    return problems.equals(List.of("ok")) ? List.of() : problems;
  }
}
