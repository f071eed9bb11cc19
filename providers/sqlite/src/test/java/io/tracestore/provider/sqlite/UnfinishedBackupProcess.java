package io.tracestore.provider.sqlite;

import io.tracestore.provider.sqlite.read.UnfinishedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process in the middle of a backup until it gets a line of input. */
final class UnfinishedBackupProcess {
  private UnfinishedBackupProcess() {}

  /** Argument: the file that the backup would make. */
  public static void main(String[] arguments) throws IOException {
    try (UnfinishedFile unfinished = UnfinishedFile.beside(Path.of(arguments[0]))) {
      Files.writeString(unfinished.path(), "half of a copy");
      System.out.println(unfinished.path().getFileName());
      int read = System.in.read();
      if (read < 0) {
        throw new IOException("ended without a line");
      }
    }
  }
}
