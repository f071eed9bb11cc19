package io.tracestore.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.postgresql.InstalledServer;
import io.tracestore.testing.postgresql.PostgresServer;
import io.tracestore.testing.postgresql.PostgresServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk fills up: a small file system of its own holds the tables. Only root may mount one. */
class PostgresFullDiskTest extends PostgresTests {
  @TempDir Path directory;
  private InstalledServer server;
  private Path disk;
  private boolean mounted;

  @BeforeEach
  void startServerOnASmallDisk() throws Exception {
    disk = Files.createDirectory(directory.resolve("disk"));
    mounted = run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString());
    assumeTrue(mounted, "no file system can be mounted here: a full disk needs root");
    Files.setPosixFilePermissions(disk, PosixFilePermissions.fromString("rwxrwxrwx"));
    server = InstalledServer.start(PostgresServers.programs(), directory);
    Path tables = disk.resolve("tables");
    assertThat(run("install", "-d", "-o", "postgres", tables.toString())).isTrue();
    server.server().execute("CREATE TABLESPACE small LOCATION '" + tables + "'");
  }

  @AfterEach
  void stopServer() throws Exception {
    closeAndRemove();
    if (mounted) {
      server.close();
      run("umount", disk.toString());
    }
  }

  @Override
  PostgresServer server() {
    return server.server();
  }

  @Test
  void aFullDiskIsACapacityErrorThatLosesNothingAndEndsWithIt() throws IOException {
    Path filler = Files.write(disk.resolve("filler"), new byte[8 << 20]);
    TraceStore store = openNew("options=-c%20default_tablespace=small&partitioning=false");
    List<FlowTrace> stored = new ArrayList<>();
    Instant start = Instant.now();
    StoreCapacityException failure = null;
    for (int number = 0; failure == null && number < 10_000; number++) {
      FlowTrace trace = trace(number, start.minusSeconds(number), 1000);
      failure = catchThrowableOfType(StoreCapacityException.class, () -> store.storeTrace(trace));
      if (failure == null) {
        stored.add(trace);
      }
    }
    assertThat(failure).hasMessageContaining("No space left on device");
    assertThat(store.queryTraces(TraceQuery.builder().limit(stored.size() + 1).build()))
        .isEqualTo(stored);
    Files.delete(filler);
    FlowTrace after = trace(20_000, start.plusSeconds(1), 100);
    store.storeTrace(after);
    assertThat(store.getTrace(after.traceId())).contains(after);
  }

  private static boolean run(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }
}
