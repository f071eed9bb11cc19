package io.tracestore.migration;

import io.tracestore.provider.sqlite.SqliteConfig;
import io.tracestore.spi.TraceStore;
import java.nio.file.Path;

/** A process that migrates between two SQLite files, and prints how many traces it has moved. */
final class MigratingProcess {
  private MigratingProcess() {}

  static TraceStore open(String file) {
    return SqliteConfig.of(Path.of(file)).open();
  }

  static MigrationOptions.Builder options(String checkpoint) {
    return MigrationOptions.builder().threads(2).batchTraces(20).checkpoint(Path.of(checkpoint));
  }

  public static void main(String[] args) {
    try (TraceStore source = open(args[0]);
        TraceStore target = open(args[1])) {
      MigrationListener printing =
          new MigrationListener() {
            @Override
            public void moved(MigrationProgress progress) {
              System.out.println(progress.traces());
            }
          };
      new StorageMigrator(source, target, options(args[2]).listener(printing).build())
          .migrateAllTraces();
    }
  }
}
