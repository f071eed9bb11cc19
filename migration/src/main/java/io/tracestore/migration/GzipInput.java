package io.tracestore.migration;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.GZIPInputStream;

/**
 * Unpacks gzip to the end of the file. The JDK's reader ignores anything after a part; here that is
 * an error. A further part is found also in a slow pipe.
 */
final class GzipInput extends GZIPInputStream {
  private static final int BUFFER = 1 << 16;
  private static final int TRAILER = 8;

  private final Counted file;
  private long countAtFill;

  GzipInput(InputStream in) throws IOException {
    this(new Counted(in));
  }

  private GzipInput(Counted file) throws IOException {
    super(file, BUFFER);
    this.file = file;
  }

  @Override
  protected void fill() throws IOException {
    super.fill();
    countAtFill = file.count;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int n = super.read(bytes, offset, length);
    if (n < 0) {
      int left = inf.getRemaining();
      long trailerEnd = countAtFill + Math.max(0, TRAILER - left);
      if (left > TRAILER || file.count > trailerEnd || file.read() >= 0) {
        throw new IOException("something that is not gzip follows the packed data");
      }
    }
    return n;
  }

  /** Counts what is read, and knows whether anything is left. */
  private static final class Counted extends PushbackInputStream {
    private long count;

    Counted(InputStream in) {
      super(in, 1);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      count += b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = super.read(bytes, offset, length);
      count += Math.max(n, 0);
      return n;
    }

    /** At least 1 unless the file is at its end, for which it may wait. */
    @Override
    public int available() throws IOException {
      int next = super.read();
      if (next < 0) {
        return 0;
      }
      unread(next);
      return 1;
    }
  }
}
