package io.tracestore.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdDictCompress;
import com.github.luben.zstd.ZstdDictDecompress;
import com.github.luben.zstd.ZstdDictTrainer;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.util.Native;
import io.tracestore.spi.CorruptDataException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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

  /** A context that has had a dictionary keeps settings of it, so these have their own. */
  private static final ArrayBlockingQueue<ZstdCompressCtx> DICTIONARY_COMPRESSORS =
      new ArrayBlockingQueue<>(POOLED);

  private static final ArrayBlockingQueue<ZstdDecompressCtx> DICTIONARY_DECOMPRESSORS =
      new ArrayBlockingQueue<>(POOLED);

  private static final boolean AVAILABLE = isLoaded();

  private Zstandard() {}

  /** Without the native library everything is stored plain, and still read everywhere. */
  static boolean isWorthwhile(int length) {
    return length >= MIN_LENGTH && length <= MAX_LENGTH && AVAILABLE;
  }

  /** Whether zstd's native library is here. */
  static boolean isAvailable() {
    return AVAILABLE;
  }

  static byte[] compress(byte[] source, int from, int length, int level) {
    ZstdCompressCtx context = borrowed(COMPRESSORS, Zstandard::compressor);
    context.setLevel(level);
    return compress(source, from, length, context, COMPRESSORS);
  }

  /** Compresses without the four bytes by which zstd knows its frames. */
  static byte[] compress(byte[] source, int from, int length, ZstdDictCompress dictionary) {
    ZstdCompressCtx context =
        borrowed(DICTIONARY_COMPRESSORS, () -> compressor().setDictID(false).setMagicless(true));
    context.loadDict(dictionary);
    return compress(source, from, length, context, DICTIONARY_COMPRESSORS);
  }

  private static byte[] compress(
      byte[] source,
      int from,
      int length,
      ZstdCompressCtx context,
      ArrayBlockingQueue<ZstdCompressCtx> pool) {
    byte[] target = new byte[(int) Zstd.compressBound(length)];
    int size = context.compressByteArray(target, 0, target.length, source, from, length);
    giveBack(pool, context);
    return Arrays.copyOf(target, size);
  }

  static byte[] decompress(byte[] source, int from, int size, int length) {
    checkAvailable();
    ZstdDecompressCtx context = borrowed(DECOMPRESSORS, ZstdDecompressCtx::new);
    return decompress(source, from, size, length, context, DECOMPRESSORS);
  }

  /** Reverses {@link #compress(byte[], int, int, ZstdDictCompress)}. */
  static byte[] decompress(
      byte[] source, int from, int size, int length, @Nullable ZstdDictDecompress dictionary) {
    checkAvailable();
    ZstdDecompressCtx context =
        borrowed(DICTIONARY_DECOMPRESSORS, () -> new ZstdDecompressCtx().setMagicless(true));
    context.loadDict(dictionary);
    return decompress(source, from, size, length, context, DICTIONARY_DECOMPRESSORS);
  }

  private static void checkAvailable() {
    if (!AVAILABLE) {
      throw new CorruptDataException(
          "cannot read compressed data: zstd's native library cannot be loaded here", null);
    }
  }

  private static byte[] decompress(
      byte[] source,
      int from,
      int size,
      int length,
      ZstdDecompressCtx context,
      ArrayBlockingQueue<ZstdDecompressCtx> pool) {
    byte[] target = new byte[length];
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
      giveBack(pool, context);
    }
  }

  /** A dictionary of at most {@code size} bytes; empty if the samples have too little in common. */
  static byte[] trainDictionary(List<byte[]> samples, int size) {
    if (!AVAILABLE) {
      return new byte[0];
    }
    int bytes = samples.stream().mapToInt(sample -> sample.length).sum();
    ZstdDictTrainer trainer = new ZstdDictTrainer(bytes, size);
    samples.forEach(trainer::addSample);
    try {
      return trainer.trainSamples();
    } catch (ZstdException e) {
      return new byte[0]; // zstd says so of too few and of too different samples
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
