package io.tracestore.server.spans;

import com.github.luben.zstd.ZstdInputStream;
import io.tracestore.server.http.Call;
import io.tracestore.server.http.MemoryBudget;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request, decompressed. What is read and not stored yet counts against the memory
 * that all messages share.
 */
public final class Body extends FilterInputStream {
  /** The memory that a byte takes: itself, and the objects decoded from it. */
  private static final long BYTES_PER_BYTE = 4;

  private static final Duration ROOM_WAIT = Duration.ofSeconds(2);

  /** A body that takes longer is given up. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final int CHUNK = 8192;

  /** The reason why reading ended early. */
  public enum End {
    TOO_LARGE,
    NO_ROOM,
    TOO_SLOW
  }

  private final MemoryBudget budget;
  private final long maxBytes;
  private final long startNanos = System.nanoTime();
  private long count;
  private long reserved;
  private @Nullable End end;

  private Body(InputStream in, MemoryBudget budget, long maxBytes) {
    super(in);
    this.budget = budget;
    this.maxBytes = maxBytes;
  }

  /**
   * The body of {@code call}; null if its encoding is not known.
   *
   * @throws IOException if it is damaged
   */
  public static @Nullable Body of(Call call, MemoryBudget budget, long maxBytes)
      throws IOException {
    InputStream in = call.body();
    String encoding = call.header("Content-Encoding").orElse("");
    InputStream plain =
        switch (encoding.toLowerCase(Locale.ROOT)) {
          case "", "identity" -> in;
          case "gzip" -> new GZIPInputStream(in);
          case "deflate" -> new InflaterInputStream(in);
          case "zstd" -> new ZstdInputStream(in);
          default -> null;
        };
    return plain == null ? null : new Body(plain, budget, maxBytes);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int size = Math.min(length, CHUNK);
    if (System.nanoTime() - startNanos > LIMIT.toNanos()) {
      throw ended(End.TOO_SLOW, "the body takes too long");
    }
    if (!budget.reserve(size * BYTES_PER_BYTE, ROOM_WAIT)) {
      throw ended(End.NO_ROOM, "there is no memory for the body now");
    }
    long room = MemoryBudget.rounded(size * BYTES_PER_BYTE);
    reserved += room;
    int read = super.read(bytes, offset, size);
    count += Math.max(0, read);
    long unused = room - MemoryBudget.rounded(Math.max(0, read) * BYTES_PER_BYTE);
    reserved -= unused;
    budget.release(unused);
    if (count > maxBytes) {
      throw ended(End.TOO_LARGE, "the body is larger than %d bytes".formatted(maxBytes));
    }
    return read;
  }

  private IOException ended(End reason, String message) {
    end = reason;
    return new IOException(message);
  }

  /** The reason why reading ended early; null if it did not. */
  public @Nullable End end() {
    return end;
  }

  /** Releases the memory of the bytes read, after they were stored or given up. */
  public void release() {
    budget.release(reserved);
    reserved = 0;
  }

  @Override
  public void close() throws IOException {
    release();
    super.close();
  }
}
