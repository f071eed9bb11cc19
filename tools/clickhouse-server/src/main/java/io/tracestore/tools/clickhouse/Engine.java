package io.tracestore.tools.clickhouse;

import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * ClickHouse in this process, with its data in one directory.
 *
 * <p>There can be one in a process. Any number of threads may connect.
 */
final class Engine implements AutoCloseable {
  private final Path data;
  private final EngineConnection first;

  private Engine(Path data, EngineConnection first) {
    this.data = data;
    this.first = first;
  }

  /**
   * Starts the engine.
   *
   * @param library the file {@code libchdb.so}
   * @param data where its tables are or will be
   */
  static Engine start(Path library, Path data) throws ClickHouseError {
    Chdb.load(library);
    // Kept open: with its last connection the engine ends.
    return new Engine(data, connect(data));
  }

  /** A session of its own: settings, database and temporary tables. To be closed. */
  EngineConnection connect() throws ClickHouseError {
    return connect(data);
  }

  private static EngineConnection connect(Path data) throws ClickHouseError {
    List<String> arguments = new ArrayList<>(List.of("clickhouse", "--path=" + data));
    Pointer handle =
        Chdb.chdb_connect(arguments.size(), new StringArray(arguments.toArray(String[]::new)));
    if (handle == null) {
      throw ClickHouseError.ofEngine("the engine does not start on " + data);
    }
    return new EngineConnection(handle);
  }

  /** Ends the engine; nothing may be running any more. */
  @Override
  public void close() {
    first.close();
    Chdb.chdb_shutdown();
  }
}
