package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import io.tracestore.tools.clickhouse.ClickHouseProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A disk fills up: a small file system of its own holds the tables. Only root may mount one. */
@ExtendWith(ClickHouseNeeds.OwnServer.class)
class ClickHouseFullDiskTest {
  private static final int SIZE = 1 << 20;

  @TempDir Path directory;
  private Path disk;
  private boolean mounted;

  @BeforeEach
  void mountSmallDisk() throws Exception {
    disk = Files.createDirectory(directory.resolve("disk"));
    mounted = run("mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", disk.toString());
    assumeTrue(mounted, "no file system can be mounted here: a full disk needs root");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertThat(run("umount", disk.toString())).isTrue();
    }
  }

  @Test
  void aFullDiskIsACapacityErrorThatLosesNothingAndEndsWithIt() throws IOException {
    // Without it there is room for the data, for the parts that merges made of it and for another
    // copy.
    Path filler = Files.write(disk.resolve("filler"), new byte[80 << 20]);
    Path data = Files.createDirectory(disk.resolve("data"));
    try (ClickHouseProcess server = ClickHouseServers.ownServer(data);
        TraceStore store =
            TraceStores.open(ClickHouseServers.endpointOf(server).uri("tracing", ""))) {
      List<FlowTrace> stored = new ArrayList<>();
      StoreCapacityException failure = null;
      for (int number = 0; failure == null && number < 100; number++) {
        FlowTrace trace = ClickHouseSamples.large(number, SIZE);
        failure = catchThrowableOfType(StoreCapacityException.class, () -> store.storeTrace(trace));
        if (failure == null) {
          stored.add(trace);
        }
      }
      assertThat(failure).hasMessageContaining("give the server more room");
      assertThat(store.queryTraces(TraceQuery.ALL)).isEqualTo(stored.reversed());
      Files.delete(filler);
      FlowTrace after = ClickHouseSamples.large(1_000, SIZE);
      store.storeTrace(after);
      assertThat(store.getTrace(after.traceId())).contains(after);
      assertThat(store.deleteTrace(stored.getFirst().traceId())).isTrue();
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(stored.size());
    }
  }

  private static boolean run(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }
}
