package io.tracestore.tools.clickhouse;

import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import java.nio.file.Path;

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
    String[] arguments = {
      "clickhouse",
      "--path=" + data,
      // As in the configuration that a server comes with: the cluster "default" is this node alone.
      "--tcp_port=9000",
      "--remote_servers.default.shard.replica.host=127.0.0.1",
      "--remote_servers.default.shard.replica.port=9000"
    };
    Pointer handle = Chdb.chdb_connect(arguments.length, new StringArray(arguments));
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
