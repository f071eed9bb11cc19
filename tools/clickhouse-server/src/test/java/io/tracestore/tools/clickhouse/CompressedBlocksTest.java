package io.tracestore.tools.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompressedBlocksTest {
  private static byte[] packed(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = CompressedBlocks.writing(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private static byte[] unpacked(byte[] packed) throws IOException {
    try (InputStream in = CompressedBlocks.reading(new ByteArrayInputStream(packed))) {
      return in.readAllBytes();
    }
  }

  @Test
  void compressedBytesAreDecompressed() throws IOException {
    byte[] bytes = new byte[3_000_000];
    new Random(1).nextBytes(bytes);
    Arrays.fill(bytes, 100_000, 2_000_000, (byte) 7);
    assertThat(unpacked(packed(bytes))).isEqualTo(bytes);
  }

  @Test
  void nothingIsNoBlock() throws IOException {
    assertThat(packed(new byte[0])).isEmpty();
  }

  @Test
  void aDamagedBlockIsFound() throws IOException {
    byte[] packed = packed(new byte[] {1, 2, 3});
    packed[packed.length - 1] ^= 1;
    assertThatThrownBy(() -> unpacked(packed))
        .isInstanceOf(CompressedBlocks.ChecksumException.class);
  }

  @Test
  void aBlockThatEndsTooEarlyIsFound() throws IOException {
    byte[] packed = packed(new byte[] {1, 2, 3});
    assertThatThrownBy(() -> unpacked(Arrays.copyOf(packed, packed.length - 1)))
        .isInstanceOf(EOFException.class);
  }

  /** The files of its tables have the same blocks: the engine's word on checksum and framing. */
  @Test
  void readsWhatTheEngineItselfCompressed(@TempDir Path data) throws Exception {
    try (TestServer server = TestServer.start(data)) {
      server.text(
          "CREATE TABLE t (a UInt64 CODEC(LZ4)) ENGINE = MergeTree ORDER BY a"
              + " SETTINGS min_bytes_for_wide_part = 0");
      server.text("INSERT INTO t SELECT number FROM numbers(10000)");
      Path part = Path.of(server.text("SELECT path FROM system.parts WHERE table = 't'"));
      byte[] column = unpacked(Files.readAllBytes(part.resolve("a.bin")));
      long[] values = new long[column.length / Long.BYTES];
      ByteBuffer.wrap(column).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(values);
      assertThat(values).isEqualTo(LongStream.range(0, 10_000).toArray());
    }
  }
}
