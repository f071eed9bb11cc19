package io.tracestore.migration;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a file, one after the other, each as a stream that ends with it and in which its
 * seal is checked and taken out. Holds a bounded part of a line, however long it is.
 */
final class LineInput extends InputStream {
  private static final int SEAL = BackupLines.SEAL_LENGTH;
  private static final int MAX_WHOLE_LINE = 1 << 20;

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private final MessageDigest digest = BackupLines.newDigest();
  private final CRC32C crc = new CRC32C();
  private int from;
  private int to;
  private boolean atEnd;

  /** The failure of an earlier read, which each further read throws again. */
  private @Nullable IOException failure;

  /** Where the line ends in the buffer; -1 if that is not known yet. */
  private int lineEnd = -1;

  private int searched;

  /** The bytes at the end of the line that are not read yet; empty until the end is reached. */
  private byte[] tail = new byte[0];

  private int tailFrom;
  private boolean atTail = true;
  private boolean isDigested;
  private Seal seal = Seal.NONE;

  /** The state of a line, by the seal at its end. */
  enum Seal {
    /** Nothing. */
    NONE,
    /** It is as it was written. */
    GOOD,
    /** It is not. */
    BAD
  }

  /**
   * @param in closed with this stream
   */
  LineInput(InputStream in) {
    this.in = in;
  }

  /** Goes to the next line, of which the last one was finished; false at the end. */
  boolean nextLine() throws IOException {
    if (from == to && !fill()) {
      return false;
    }
    crc.reset();
    tail = new byte[0];
    tailFrom = 0;
    atTail = false;
    isDigested = true;
    seal = Seal.NONE;
    lineEnd = -1;
    searched = from;
    return true;
  }

  /** Whether the line, of which nothing was read yet, begins so. */
  boolean startsWith(byte[] prefix) throws IOException {
    while (to - from < prefix.length && fill()) {
      // Until there is enough.
    }
    return to - from >= prefix.length
        && Arrays.equals(buffer, from, from + prefix.length, prefix, 0, prefix.length);
  }

  /** Leaves the line out of the digest. */
  void withoutDigest() {
    isDigested = false;
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
    int safe = atTail ? 0 : safeBytes();
    if (safe > 0) {
      int n = Math.min(safe, length);
      System.arraycopy(buffer, from, bytes, offset, n);
      crc.update(buffer, from, n);
      consume(n);
      return n;
    }
    if (!atTail) {
      readTail();
    }
    int n = Math.min(tail.length - tailFrom, length);
    if (n == 0) {
      return -1;
    }
    System.arraycopy(tail, tailFrom, bytes, offset, n);
    tailFrom += n;
    return n;
  }

  /** How many bytes are there that cannot belong to a seal; 0 at the tail. */
  private int safeBytes() throws IOException {
    while (true) {
      while (lineEnd < 0 && searched < to) {
        if (buffer[searched] == '\n') {
          lineEnd = searched;
        }
        searched++;
      }
      int end = lineEnd >= 0 ? lineEnd : to;
      if (end - from > SEAL) {
        return end - from - SEAL;
      }
      if (lineEnd >= 0 || !fill()) {
        return 0;
      }
    }
  }

  private void readTail() {
    int end = lineEnd >= 0 ? lineEnd : to;
    tail = Arrays.copyOfRange(buffer, from, end);
    if (BackupLines.isSeal(tail)) {
      boolean isGood = Arrays.equals(tail, BackupLines.seal(crc.getValue()));
      seal = isGood ? Seal.GOOD : Seal.BAD;
      tail = new byte[] {'}'};
    }
    consume(end - from + (lineEnd >= 0 ? 1 : 0));
    atTail = true;
  }

  private void consume(int n) {
    if (isDigested) {
      digest.update(buffer, from, n);
    }
    from += n;
  }

  /** Reads more bytes after those in the buffer; false at the end of the file. */
  private boolean fill() throws IOException {
    if (from > 0) {
      System.arraycopy(buffer, from, buffer, 0, to - from);
      searched -= from;
      lineEnd -= lineEnd < 0 ? 0 : from;
      to -= from;
      from = 0;
    }
    if (atEnd) {
      return false;
    }
    if (failure != null) {
      throw failure;
    }
    int n = 0;
    try {
      while (n == 0) {
        n = in.read(buffer, to, buffer.length - to);
      }
    } catch (IOException e) {
      failure = e;
      throw e;
    }
    atEnd = n < 0;
    to += Math.max(n, 0);
    return n > 0;
  }

  /** Reads the line to its end. */
  Seal finishLine() throws IOException {
    byte[] rest = new byte[1 << 13];
    while (read(rest, 0, rest.length) >= 0) {
      // Skips the bytes that a reader left.
    }
    return seal;
  }

  /** The whole line, at most its first megabyte. */
  byte[] readLine() throws IOException {
    return readNBytes(MAX_WHOLE_LINE);
  }

  /** Whether nothing but white space is left of the file, which is read to its end. */
  boolean onlySpaceIsLeft() throws IOException {
    boolean onlySpace = true;
    while (from < to || fill()) {
      byte b = buffer[from++];
      onlySpace = onlySpace && (b == ' ' || b == '\t' || b == '\r' || b == '\n');
    }
    return onlySpace;
  }

  /** The SHA-256 of the lines so far, in bytes. */
  byte[] digest() {
    return digest.digest();
  }

  /** Does nothing: the lines after this one are still to be read. */
  @Override
  public void close() {}

  /** Closes the file. */
  void closeFile() throws IOException {
    in.close();
  }
}
