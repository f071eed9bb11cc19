package io.tracestore.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.util.Native;
import io.tracestore.spi.CorruptDataException;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Supplier;

/** Compression of content that is large enough to gain by it. */
final class Zstandard {
  /** The most that is ever decompressed, and so compressed: a bound for damaged lengths. */
  static final int MAX_LENGTH = 64 * 1024 * 1024;

  /** Below it the time costs more than the bytes are worth: see ADR 3. */
  private static final int MIN_LENGTH = 1024;

  /** Half the time of the next for a third more bytes. */
  static final int FAST = -3;

  /** Where size counts for more. */
  static final int SMALL = 1;

  /** Contexts are expensive to make and hold native memory: few, shared by all threads. */
  private static final int POOLED = 2 * Runtime.getRuntime().availableProcessors();

  private static final ArrayBlockingQueue<ZstdCompressCtx> COMPRESSORS =
      new ArrayBlockingQueue<>(POOLED);
  private static final ArrayBlockingQueue<ZstdDecompressCtx> DECOMPRESSORS =
      new ArrayBlockingQueue<>(POOLED);

  private static final boolean AVAILABLE = isLoaded();

  private Zstandard() {}

  /** Without the native library everything is stored plain, and still read everywhere. */
  static boolean isWorthwhile(int length) {
    return length >= MIN_LENGTH && length <= MAX_LENGTH && AVAILABLE;
  }

  static byte[] compress(byte[] source, int from, int length, int level) {
    byte[] target = new byte[(int) Zstd.compressBound(length)];
    ZstdCompressCtx context = borrowed(COMPRESSORS, Zstandard::compressor);
    context.setLevel(level);
    int size = context.compressByteArray(target, 0, target.length, source, from, length);
    giveBack(COMPRESSORS, context);
    return Arrays.copyOf(target, size);
  }

  static byte[] decompress(byte[] source, int from, int size, int length) {
    if (!AVAILABLE) {
      throw new CorruptDataException(
          "cannot read compressed data: zstd's native library cannot be loaded here", null);
    }
    byte[] target = new byte[length];
    ZstdDecompressCtx context = borrowed(DECOMPRESSORS, ZstdDecompressCtx::new);
    try {
      int decompressed = context.decompressByteArray(target, 0, length, source, from, size);
      if (decompressed != length) {
        throw new CorruptDataException(
            "damaged binary data: %d bytes decompressed to %d, not to %d"
                .formatted(size, decompressed, length),
            null);
      }
      return target;
    } catch (ZstdException e) {
      throw new CorruptDataException(
          "damaged binary data: cannot be decompressed: " + e.getMessage(), e);
    } finally {
      giveBack(DECOMPRESSORS, context);
    }
  }

  private static boolean isLoaded() {
    try {
      Native.load();
      return true;
    } catch (LinkageError e) {
      return false;
    }
  }

  private static ZstdCompressCtx compressor() {
    // The envelope has the length and a checksum already.
    return new ZstdCompressCtx().setContentSize(false).setChecksum(false);
  }

  private static <T> T borrowed(ArrayBlockingQueue<T> pool, Supplier<T> create) {
    T context = pool.poll();
    return context != null ? context : create.get();
  }

  private static <T extends AutoCloseable> void giveBack(ArrayBlockingQueue<T> pool, T context) {
    if (!pool.offer(context)) {
      try {
        context.close();
      } catch (Exception e) {
        throw new IllegalStateException("a zstd context does not close", e);
      }
    }
  }
}
