package io.tracestore.tools.clickhouse;

import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * ClickHouse in this process, with its data in one directory.
 *
 * <p>There can be one in a process. Any number of threads may connect.
 */
final class Engine implements AutoCloseable {
  private final String[] arguments;
  private final EngineConnection first;

  private Engine(String[] arguments) throws ClickHouseError {
    this.arguments = arguments;
    // Kept open: with its last connection the engine ends.
    this.first = connect();
  }

  /**
   * Starts the engine.
   *
   * @param library the file {@code libchdb.so}
   * @param data where its tables are or will be
   * @param configuration the file of its configuration; null for none
   */
  static Engine start(Path library, Path data, @Nullable Path configuration)
      throws ClickHouseError {
    Chdb.load(library);
    List<String> arguments = new ArrayList<>();
    arguments.add("clickhouse");
    arguments.add("--path=" + data);
    // As in the configuration that a server comes with: where there are few, statements wait for
    // tasks of the background; and the cluster "default" is this node alone.
    arguments.add("--tcp_port=9000");
    arguments.add("--background_pool_size=16");
    arguments.add("--remote_servers.default.shard.replica.host=127.0.0.1");
    arguments.add("--remote_servers.default.shard.replica.port=9000");
    if (configuration != null) {
      arguments.add("--config-file=" + configuration);
    }
    return new Engine(arguments.toArray(String[]::new));
  }

  /** A session of its own: settings, database and temporary tables. To be closed. */
  EngineConnection connect() throws ClickHouseError {
    Pointer handle = Chdb.chdb_connect(arguments.length, new StringArray(arguments));
    if (handle == null) {
      throw ClickHouseError.ofEngine("the engine does not start with " + List.of(arguments));
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
