package io.tracestore.bench.codec;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdDictTrainer;
import java.util.Arrays;
import java.util.List;
import net.jpountz.lz4.LZ4Factory;

/** The compressors that were compared. One instance serves one thread. */
public interface Compression {
  /** A compressor with its settings. */
  enum Kind {
    /** zstd, level -3: its fast mode. */
    ZSTD_FAST,
    /** zstd, level 1. */
    ZSTD_1,
    /** zstd, level 3. */
    ZSTD_3,
    /** zstd, level 3, with a dictionary of 16 KiB trained on other samples. */
    ZSTD_3_DICTIONARY,
    /** LZ4, fast. */
    LZ4
  }

  /** {@code plain}, compressed. */
  byte[] compress(byte[] plain);

  /** Restores the argument of {@link #compress}, which had {@code plainLength} bytes. */
  byte[] decompress(byte[] compressed, int plainLength);

  /** The compressor of {@code kind}; {@code samples} train its dictionary. */
  static Compression of(Kind kind, List<byte[]> samples) {
    return switch (kind) {
      case ZSTD_FAST -> new Zstd(-3, new byte[0]);
      case ZSTD_1 -> new Zstd(1, new byte[0]);
      case ZSTD_3 -> new Zstd(3, new byte[0]);
      case ZSTD_3_DICTIONARY -> new Zstd(3, dictionary(samples));
      case LZ4 -> new Lz4();
    };
  }

  private static byte[] dictionary(List<byte[]> samples) {
    ZstdDictTrainer trainer = new ZstdDictTrainer(16 << 20, 16 << 10);
    samples.forEach(trainer::addSample);
    return trainer.trainSamples();
  }

  /** zstd. */
  final class Zstd implements Compression {
    private final ZstdCompressCtx compressor = new ZstdCompressCtx();
    private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();

    Zstd(int level, byte[] dictionary) {
      compressor.setLevel(level).setContentSize(false).setChecksum(false).setDictID(false);
      if (dictionary.length > 0) {
        compressor.loadDict(dictionary);
        decompressor.loadDict(dictionary);
      }
    }

    @Override
    public byte[] compress(byte[] plain) {
      return compressor.compress(plain);
    }

    @Override
    public byte[] decompress(byte[] compressed, int plainLength) {
      return decompressor.decompress(compressed, plainLength);
    }
  }

  /** LZ4. */
  final class Lz4 implements Compression {
    private final LZ4Factory factory = LZ4Factory.fastestInstance();

    @Override
    public byte[] compress(byte[] plain) {
      return factory.fastCompressor().compress(plain);
    }

    @Override
    public byte[] decompress(byte[] compressed, int plainLength) {
      byte[] plain = new byte[plainLength];
      int length = factory.safeDecompressor().decompress(compressed, plain);
      return length == plainLength ? plain : Arrays.copyOf(plain, length);
    }
  }
}
