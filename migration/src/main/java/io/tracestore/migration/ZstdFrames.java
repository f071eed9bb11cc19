package io.tracestore.migration;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * The content of a file of Zstandard frames, each after its length in four bytes, as the
 * OpenTelemetry Collector's file exporter writes them when it compresses. Messages in JSON are
 * given one after the other; messages in protobuf each after its own length, as in an uncompressed
 * file.
 *
 * @see <a
 *     href="https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/fileexporter">file
 *     exporter</a>
 */
final class ZstdFrames extends InputStream {
  /** The bytes that tell such a file. */
  static final int HEAD_BYTES = 8;

  private static final int LENGTH_BYTES = 4;
  private static final int ZSTD_MAGIC = 0x28B52FFD;
  private static final int MAX_MESSAGE =
      (int) Math.min(Runtime.getRuntime().maxMemory() / 8, 1 << 30);

  private final InputStream in;
  private InputStream message = InputStream.nullInputStream();

  ZstdFrames(InputStream in) {
    this.in = in;
  }

  /** Whether a file that begins with {@code head} is one. */
  static boolean isBeginning(byte[] head) {
    if (head.length < HEAD_BYTES) {
      return false;
    }
    ByteBuffer bytes = ByteBuffer.wrap(head);
    return bytes.getInt() > 0 && bytes.getInt() == ZSTD_MAGIC;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int n = message.read(bytes, offset, length);
    while (n < 0) {
      if (!nextMessage()) {
        return -1;
      }
      n = message.read(bytes, offset, length);
    }
    return n;
  }

  private boolean nextMessage() throws IOException {
    byte[] length = in.readNBytes(LENGTH_BYTES);
    if (length.length == 0) {
      return false;
    }
    if (length.length < LENGTH_BYTES) {
      throw new EOFException("it ends within the length of a frame (truncated?)");
    }
    int size = ByteBuffer.wrap(length).getInt();
    if (size < 0 || size > MAX_MESSAGE) {
      throw new IOException("a frame's length is wrong: " + (size & 0xffffffffL));
    }
    byte[] frame = in.readNBytes(size);
    if (frame.length < size) {
      throw new EOFException("it ends within a frame (truncated?)");
    }
    byte[] content = unpacked(frame);
    boolean isJson = content.length > 0 && content[0] == '{';
    byte[] head =
        isJson ? new byte[0] : ByteBuffer.allocate(LENGTH_BYTES).putInt(content.length).array();
    byte[] all = new byte[head.length + content.length + (isJson ? 1 : 0)];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(content, 0, all, head.length, content.length);
    if (isJson) {
      all[all.length - 1] = '\n'; // a broken message costs itself alone
    }
    message = new ByteArrayInputStream(all);
    return true;
  }

  private static byte[] unpacked(byte[] frame) throws IOException {
    try (InputStream unpacking = new ZstdInputStream(new ByteArrayInputStream(frame))) {
      byte[] content = unpacking.readNBytes(MAX_MESSAGE + 1);
      if (content.length > MAX_MESSAGE) {
        throw new IOException("a message is too large for this memory: java -Xmx sets it");
      }
      return content;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
