package io.tracestore.migration;

import io.tracestore.migration.FileFormats.Detected;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One file of an import; a pipe can be looked into and still be read from its beginning. */
final class InputFile {
  private static final String SEAL = text(BackupLines.sealStart());

  private final Path path;
  private final ByteCounts counts;
  private @Nullable InputStream pipe;

  InputFile(Path path, ByteCounts counts) {
    this.path = path;
    this.counts = counts;
  }

  String name() {
    return path.equals(TraceFiles.STDIN) ? "standard input" : path.toString();
  }

  Path path() {
    return path;
  }

  /** Looks at the beginning. */
  Detected detect() throws IOException {
    return FileFormats.detect(head(), name());
  }

  /** Whether its beginning tells a backup, even one whose first line is lost. */
  boolean isBackup() throws IOException {
    String head = text(head());
    return head.startsWith(text(BackupLines.headerStart())) || head.contains(SEAL);
  }

  /** Whether there is a line of a backup anywhere; of a pipe, in its beginning. */
  boolean holdsLinesOfBackup() throws IOException {
    if (isBackup()) {
      return true;
    }
    if (isPipe()) {
      return false;
    }
    try (InputStream in = FileFormats.unpack(Files.newInputStream(path))) {
      String before = "";
      byte[] some = new byte[1 << 16];
      for (int n = in.read(some); n >= 0; n = in.read(some)) {
        String text = before + new String(some, 0, n, StandardCharsets.ISO_8859_1);
        if (text.contains(SEAL)) {
          return true;
        }
        before = text.substring(Math.max(0, text.length() - SEAL.length()));
      }
    } catch (IOException e) {
      // Damage to a compressed file is found when it is read.
    }
    return false;
  }

  /** Whether it is an array, or its first trace is written in several lines. */
  boolean isOneDocument() throws IOException {
    return text(head()).matches("(?s)\\s*(\\[|\\{[ \\t]*\\r?\\n).*");
  }

  /**
   * Whether a file holds traces, or nothing that is anything else; a database is something else.
   */
  static boolean holdsTraces(Path path) {
    try {
      InputFile file = new InputFile(path, new ByteCounts(ImportListener.NONE, -1));
      Detected detected = file.detect();
      return detected.isExport()
          || (detected.problem().isEmpty()
              && !detected.format().equals(Optional.of(TraceFormat.REFLOW_SQLITE)));
    } catch (IOException e) {
      return false;
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** The first bytes, unpacked as far as they can be. */
  private byte[] head() throws IOException {
    if (Files.isDirectory(path)) {
      throw new IOException("is a folder");
    }
    if (!isPipe()) {
      try (InputStream in = FileFormats.unpack(Files.newInputStream(path))) {
        return readHead(in);
      }
    }
    InputStream opened = pipe;
    InputStream in =
        opened != null
            ? opened
            : FileFormats.unpack(
                counts.count(
                    path.equals(TraceFiles.STDIN) ? System.in : Files.newInputStream(path)));
    byte[] head = in.readNBytes(FileFormats.PEEKED_BYTES);
    pipe = new SequenceInputStream(new ByteArrayInputStream(head), in);
    return head;
  }

  /**
   * Reads the beginning of a file, also of one that is cut off early: the reader that follows
   * reports that.
   */
  private static byte[] readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    byte[] some = new byte[4096];
    try {
      int n = 0;
      while (n >= 0 && head.size() < FileFormats.PEEKED_BYTES) {
        head.write(some, 0, n);
        n = in.read(some);
      }
    } catch (IOException e) {
      if (head.size() == 0) {
        throw e;
      }
    }
    return head.toByteArray();
  }

  private boolean isPipe() {
    return !TraceFiles.canBeReadAgain(path);
  }

  /** Opens it at its beginning, once. */
  InputStream open() throws IOException {
    InputStream opened = pipe;
    return opened != null ? opened : FileFormats.unpack(counts.count(Files.newInputStream(path)));
  }

  /** The rejection of a file that cannot be opened. */
  Rejection rejection(IOException e) {
    String reason =
        switch (e) {
          case NoSuchFileException missing -> "no such file";
          case AccessDeniedException denied -> "may not be read";
          default -> "cannot be read: " + e.getMessage();
        };
    return Rejection.of(name(), reason);
  }

  /** The sizes of {@code files} together; -1 if one is a pipe. */
  static long totalSize(Iterable<Path> files) {
    long total = 0;
    for (Path file : files) {
      try {
        if (!Files.isRegularFile(file)) {
          return -1;
        }
        total += Files.size(file);
      } catch (IOException e) {
        return -1;
      }
    }
    return total;
  }
}
