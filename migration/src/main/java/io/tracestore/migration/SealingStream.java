package io.tracestore.migration;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.CRC32C;

/** Puts a seal at the end of each line, each of which is one JSON object. */
final class SealingStream extends FilterOutputStream {
  private static final int NONE = -1;

  private final CRC32C crc = new CRC32C();

  /** The last byte of the line so far: the brace, if the line ends now. */
  private int last = NONE;

  SealingStream(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    int end = offset + length;
    for (int at = offset; at < end; at++) {
      if (bytes[at] == '\n') {
        addToLine(bytes, from, at);
        endLine();
        from = at + 1;
      }
    }
    addToLine(bytes, from, end);
  }

  private void addToLine(byte[] bytes, int from, int to) throws IOException {
    if (from == to) {
      return;
    }
    if (last != NONE) {
      crc.update(last);
      out.write(last);
    }
    crc.update(bytes, from, to - from - 1);
    out.write(bytes, from, to - from - 1);
    last = bytes[to - 1] & 0xff;
  }

  private void endLine() throws IOException {
    if (last != '}') {
      throw new IOException("a line that is no JSON object");
    }
    out.write(BackupLines.seal(crc.getValue()));
    out.write('\n');
    crc.reset();
    last = NONE;
  }
}
