package io.tracestore.codec;

import com.github.luben.zstd.ZstdDictCompress;
import com.github.luben.zstd.ZstdDictDecompress;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.CorruptDataException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A dictionary of zstd with what the bodies of a store's events have in common, such as the keys of
 * attributes, so that a body of a few hundred bytes can be compressed by itself. A store trains it
 * with its own events, keeps it beside them, and needs it to read the bodies that were encoded with
 * it. How it is trained: <a href="https://github.com/facebook/zstd">zstd</a>, {@code ZDICT}.
 *
 * <p>Immutable, and safe for use by many threads. No argument may be null.
 */
public final class CompressionDictionary {
  private static final int SIZE = 16 << 10;

  private final int number;
  private final byte[] encoded;
  private final @Nullable ZstdDictCompress compressing;
  private final @Nullable ZstdDictDecompress decompressing;

  /**
   * A dictionary that was stored.
   *
   * @param number which one of its store it is; encoded bodies name it; positive
   * @param encoded what {@link #encoded} returned
   * @throws CorruptDataException if {@code encoded} is something else
   */
  public CompressionDictionary(int number, byte[] encoded) {
    if (number < 1) {
      throw new IllegalArgumentException("number must be positive: " + number);
    }
    this.number = number;
    this.encoded = encoded.clone();
    BinaryInput in = Envelope.unseal(Envelope.Kind.DICTIONARY, encoded, 0, encoded.length);
    byte[] content = in.bytes().toArray();
    in.end();
    boolean available = Zstandard.isAvailable();
    this.compressing = available ? new ZstdDictCompress(content, Zstandard.SMALL) : null;
    this.decompressing = available ? new ZstdDictDecompress(content) : null;
  }

  /**
   * Trains a dictionary.
   *
   * @param number which one of its store it will be
   * @param events some hundred, whose bodies are like those that will be encoded
   * @return empty if the bodies have too little in common, or if zstd's native library cannot be
   *     loaded here
   */
  public static Optional<CompressionDictionary> train(int number, List<TraceEvent> events) {
    byte[] content =
        Zstandard.trainDictionary(events.stream().map(TraceBinary::bodyContent).toList(), SIZE);
    if (content.length == 0) {
      return Optional.empty();
    }
    BinaryOutput out = Envelope.open(Envelope.Kind.DICTIONARY, content.length);
    out.varint(content.length);
    out.raw(content);
    return Optional.of(
        new CompressionDictionary(number, Envelope.seal(Envelope.Kind.DICTIONARY, out)));
  }

  /** Which one of its store it is. */
  public int number() {
    return number;
  }

  /** The bytes to store, with a checksum. */
  public byte[] encoded() {
    return encoded.clone();
  }

  /** Compresses a part of {@code source}; null if zstd's native library cannot be loaded here. */
  byte @Nullable [] compress(byte[] source, int from, int length) {
    return compressing == null ? null : Zstandard.compress(source, from, length, compressing);
  }

  /** Decompresses a part of {@code source} to {@code length} bytes. */
  byte[] decompress(byte[] source, int from, int size, int length) {
    return Zstandard.decompress(source, from, size, length, decompressing);
  }
}
