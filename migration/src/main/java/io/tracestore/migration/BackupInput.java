package io.tracestore.migration;

import io.tracestore.migration.BackupLines.Footer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The trace lines of a backup, with its first line blanked (so that line numbers stay right) and
 * its last line taken out; of another file all of it. What the last line promises is checked on the
 * way.
 */
final class BackupInput extends InputStream {
  private static final int MAX_LINE = 1 << 20;
  private static final byte[] FOOTER = BackupLines.footerStart();

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private final MessageDigest digest = BackupLines.newDigest();
  private int from;
  private int to;
  private boolean atEnd;
  private boolean atLineStart = true;
  private boolean started;
  private boolean isBackup;
  private byte @Nullable [] header;
  private byte @Nullable [] footer;
  private boolean isFollowed;

  /**
   * @param in closed with this stream
   */
  BackupInput(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!started) {
      started = true;
      if (lookingAt(BackupLines.headerStart())) {
        isBackup = true;
        header = readLine();
        bytes[offset] = '\n';
        return 1;
      }
    }
    if (footer != null || !fill(1)) {
      return -1;
    }
    if (isBackup && atLineStart && lookingAt(FOOTER)) {
      footer = readLine();
      isFollowed = !onlySpaceIsLeft();
      return -1;
    }
    int n = copy(bytes, offset, length);
    if (isBackup) {
      digest.update(bytes, offset, n);
    }
    return n;
  }

  /** Copies what is there, at most to the end of the line. */
  private int copy(byte[] bytes, int offset, int length) {
    int end = Math.min(to, from + length);
    if (isBackup) {
      int at = from;
      while (at < end && buffer[at] != '\n') {
        at++;
      }
      atLineStart = at < end;
      end = atLineStart ? at + 1 : end;
    }
    int n = end - from;
    System.arraycopy(buffer, from, bytes, offset, n);
    from = end;
    return n;
  }

  private boolean lookingAt(byte[] prefix) throws IOException {
    return fill(prefix.length)
        && Arrays.equals(buffer, from, from + prefix.length, prefix, 0, prefix.length);
  }

  /** Reads until {@code count} bytes are there; false if the file ends before. */
  private boolean fill(int count) throws IOException {
    if (to - from >= count) {
      return true;
    }
    System.arraycopy(buffer, from, buffer, 0, to - from);
    to -= from;
    from = 0;
    while (to < count && !atEnd) {
      int n = in.read(buffer, to, buffer.length - to);
      atEnd = n < 0;
      to += Math.max(n, 0);
    }
    return to >= count;
  }

  private byte[] readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (fill(1) && line.size() < MAX_LINE) {
      byte b = buffer[from++];
      if (b == '\n') {
        break;
      }
      line.write(b);
    }
    return line.toByteArray();
  }

  private boolean onlySpaceIsLeft() throws IOException {
    while (fill(1)) {
      if (buffer[from++] > ' ') {
        return false;
      }
    }
    return true;
  }

  /** Why the file must not be read on: its first line says so; empty otherwise. */
  Optional<String> refusal() {
    if (header == null) {
      return Optional.empty();
    }
    Optional<Long> version = BackupLines.version(header);
    if (version.isEmpty()) {
      return Optional.of("the backup's first line is damaged");
    }
    return version.get() == BackupLines.VERSION
        ? Optional.empty()
        : Optional.of(
            "the backup has version %d; this Tracestore reads version %d"
                .formatted(version.get(), BackupLines.VERSION));
  }

  /**
   * What is wrong with the backup that was read to its end, if anything.
   *
   * @param traces how many lines held a trace
   * @param rejected how many did not
   */
  Optional<String> damage(long traces, long rejected) {
    if (!isBackup) {
      return Optional.empty();
    }
    if (footer == null) {
      return Optional.of(
          "the backup is truncated: its last line is missing after %d traces".formatted(traces));
    }
    Optional<Footer> promised = BackupLines.parseFooter(footer);
    if (promised.isEmpty()) {
      return Optional.of("the backup is truncated or altered: its last line is damaged");
    }
    if (promised.get().traces() != traces + rejected) {
      return Optional.of(
          "the backup was altered: it should hold %d traces and holds %d"
              .formatted(promised.get().traces(), traces + rejected));
    }
    String checksum = HexFormat.of().formatHex(digest.digest());
    if (!promised.get().checksum().equals(checksum)) {
      return Optional.of(
          "the backup was altered: its checksum should be %s and is %s"
              .formatted(promised.get().checksum(), checksum));
    }
    return isFollowed
        ? Optional.of("the backup was altered: something follows its last line")
        : Optional.empty();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
