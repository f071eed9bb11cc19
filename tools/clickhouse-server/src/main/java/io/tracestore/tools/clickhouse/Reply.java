package io.tracestore.tools.clickhouse;

import com.github.luben.zstd.ZstdOutputStream;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer, compressed as the client wants it. Nothing is sent before the first
 * {@value #HELD} bytes, so that an early error can still be the whole answer.
 */
final class Reply {
  private static final int HELD = 1 << 16;

  private final HttpExchange exchange;
  private @Nullable String encoding;
  private boolean inBlocks;
  private final Held held = new Held();
  private @Nullable OutputStream body;
  private int status = 200;

  Reply(HttpExchange exchange) {
    this.exchange = exchange;
  }

  /**
   * Compresses what is written from now on.
   *
   * @param newEncoding by HTTP's means, null for not at all
   * @param withBlocks whether in ClickHouse's own way
   */
  void compress(@Nullable String newEncoding, boolean withBlocks) {
    encoding = newEncoding;
    inBlocks = withBlocks;
  }

  void header(String name, String value) {
    exchange.getResponseHeaders().set(name, value);
  }

  void status(int newStatus) {
    status = newStatus;
  }

  /** Whether a part is on its way, with a status that cannot be changed any more. */
  boolean isOnItsWay() {
    return held.sent;
  }

  /** Forgets what was written and not sent. */
  void startAgain() {
    held.used = 0;
    body = null;
  }

  OutputStream body() throws IOException {
    OutputStream open = body;
    if (open == null) {
      open = inBlocks ? CompressedBlocks.writing(encoded()) : encoded();
      body = open;
    }
    return open;
  }

  private OutputStream encoded() throws IOException {
    if (encoding == null) {
      return held;
    }
    header("Content-Encoding", encoding);
    return switch (encoding) {
      case "gzip" -> new GZIPOutputStream(held);
      case "deflate" -> new DeflaterOutputStream(held);
      case "lz4" -> new LZ4FrameOutputStream(held);
      case "zstd" -> new ZstdOutputStream(held);
      default -> throw new IOException("unknown encoding " + encoding);
    };
  }

  /** Sends the rest. */
  void finish() throws IOException {
    body().close();
  }

  /** The stream that the result is written to; it first keeps the bytes in memory. */
  private final class Held extends OutputStream {
    private final byte[] bytes = new byte[HELD];
    private int used;
    private boolean sent;

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      if (!sent && used + length <= HELD) {
        System.arraycopy(source, offset, bytes, used, length);
        used += length;
        return;
      }
      sendHeld(0);
      exchange.getResponseBody().write(source, offset, length);
    }

    private void sendHeld(long length) throws IOException {
      if (!sent) {
        sent = true;
        exchange.sendResponseHeaders(status, length);
        if (used > 0) {
          exchange.getResponseBody().write(bytes, 0, used);
        }
      }
    }

    @Override
    public void close() throws IOException {
      sendHeld(used == 0 ? -1 : used);
      exchange.close();
    }
  }
}
