package io.tracestore.tools.clickhouse;

import com.clickhouse.data.ClickHouseCityHash;
import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;

/**
 * ClickHouse's own framing of compressed data: for each block a checksum of 16 bytes (CityHash128
 * of version 1.0.2), one byte for the method, the compressed length with these nine bytes of header
 * (4 bytes, lowest first), the length (4 bytes), and the data.
 */
@SuppressWarnings(
    "deprecation") // the client keeps the checksum only for those who know where it is
final class CompressedBlocks {
  private static final int CHECKSUM = 16;
  private static final int HEADER = 9;
  private static final int NONE = 0x02;
  private static final int LZ4 = 0x82;
  private static final int ZSTD = 0x90;
  private static final int BLOCK = 1 << 20;
  private static final int LARGEST = 1 << 30;

  private CompressedBlocks() {}

  /** Gives what the blocks of {@code in} hold. */
  static InputStream reading(InputStream in) {
    return new BlockInputStream(in);
  }

  /** Writes blocks to {@code out}, which it closes. */
  static OutputStream writing(OutputStream out) {
    return new BlockOutputStream(out);
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static final class BlockInputStream extends InputStream {
    private final InputStream in;
    private ByteArrayInputStream block = new ByteArrayInputStream(new byte[0]);

    BlockInputStream(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      while (block.available() == 0) {
        byte[] checksum = in.readNBytes(CHECKSUM);
        if (checksum.length == 0) {
          return -1;
        }
        block = new ByteArrayInputStream(readBlock(checksum));
      }
      return block.read(target, offset, length);
    }

    private byte[] readBlock(byte[] checksum) throws IOException {
      byte[] header = in.readNBytes(HEADER);
      if (checksum.length < CHECKSUM || header.length < HEADER) {
        throw new EOFException("a compressed block ends in its header");
      }
      int packedLength = buffer(header).getInt(1);
      int length = buffer(header).getInt(5);
      if (packedLength < HEADER || packedLength > LARGEST || length < 0 || length > LARGEST) {
        throw new IOException("a compressed block has the lengths " + packedLength + ", " + length);
      }
      byte[] packed = new byte[packedLength];
      System.arraycopy(header, 0, packed, 0, HEADER);
      if (in.readNBytes(packed, HEADER, packedLength - HEADER) < packedLength - HEADER) {
        throw new EOFException("a compressed block ends too early");
      }
      long[] hash = ClickHouseCityHash.cityHash128(packed, 0, packedLength);
      if (hash[0] != buffer(checksum).getLong(0) || hash[1] != buffer(checksum).getLong(8)) {
        throw new ChecksumException();
      }
      return unpack(packed, length);
    }

    private static byte[] unpack(byte[] packed, int length) throws IOException {
      byte[] unpacked = new byte[length];
      switch (packed[0] & 0xff) {
        case NONE -> System.arraycopy(packed, HEADER, unpacked, 0, length);
        case LZ4 -> {
          try {
            LZ4Factory.fastestInstance()
                .safeDecompressor()
                .decompress(packed, HEADER, packed.length - HEADER, unpacked, 0, length);
          } catch (LZ4Exception e) {
            throw new IOException("a compressed block cannot be unpacked", e);
          }
        }
        case ZSTD ->
            Zstd.decompressByteArray(unpacked, 0, length, packed, HEADER, packed.length - HEADER);
        default -> throw new IOException("unknown compression method " + (packed[0] & 0xff));
      }
      return unpacked;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  /** The bytes are not those that were compressed. */
  static final class ChecksumException extends IOException {
    private static final long serialVersionUID = 1L;

    private ChecksumException() {
      super("the checksum of a compressed block is wrong");
    }
  }

  private static final class BlockOutputStream extends OutputStream {
    private final OutputStream out;
    private final LZ4Compressor compressor = LZ4Factory.fastestInstance().fastCompressor();
    private final byte[] block = new byte[BLOCK];
    private int used;

    BlockOutputStream(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      int from = offset;
      int left = length;
      while (left > 0) {
        int count = Math.min(left, BLOCK - used);
        System.arraycopy(source, from, block, used, count);
        used += count;
        from += count;
        left -= count;
        if (used == BLOCK) {
          writeBlock();
        }
      }
    }

    private void writeBlock() throws IOException {
      if (used == 0) {
        return;
      }
      byte[] packed = new byte[CHECKSUM + HEADER + compressor.maxCompressedLength(used)];
      int count = compressor.compress(block, 0, used, packed, CHECKSUM + HEADER);
      ByteBuffer fields = buffer(packed);
      fields.put(CHECKSUM, (byte) LZ4);
      fields.putInt(CHECKSUM + 1, HEADER + count);
      fields.putInt(CHECKSUM + 5, used);
      long[] hash = ClickHouseCityHash.cityHash128(packed, CHECKSUM, HEADER + count);
      fields.putLong(0, hash[0]);
      fields.putLong(8, hash[1]);
      out.write(packed, 0, CHECKSUM + HEADER + count);
      used = 0;
    }

    @Override
    public void flush() throws IOException {
      writeBlock();
      out.flush();
    }

    @Override
    public void close() throws IOException {
      writeBlock();
      out.close();
    }
  }
}
