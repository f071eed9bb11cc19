package io.tracestore.migration;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Tells a listener how many bytes of an import's files were read, all files together. */
final class ByteCounts {
  private static final long STEP = 1 << 20;

  private final ImportListener listener;
  private final long total;
  private long read;
  private long told;

  /**
   * @param total the size of all files; -1 if not known
   */
  ByteCounts(ImportListener listener, long total) {
    this.listener = listener;
    this.total = total;
  }

  /** {@code in} with its bytes counted. */
  InputStream count(InputStream in) {
    return new FilterInputStream(in) {
      @Override
      public int read() throws IOException {
        int b = in.read();
        add(b < 0 ? -1 : 1);
        return b;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int n = in.read(bytes, offset, length);
        add(n);
        return n;
      }
    };
  }

  private void add(int n) {
    read += Math.max(n, 0);
    if (read - told >= STEP || n < 0) {
      told = read;
      listener.read(read, total);
    }
  }
}
