package io.tracestore.server.reflow;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The JSON of a binary message: zstd, or as it is. */
final class Payload {
  private static final int MAGIC = 0x28B52FFD;
  private static final int CHUNK = 64 << 10;

  private Payload() {}

  /**
   * The text of {@code bytes}.
   *
   * @param reserve is asked for room for as many bytes, before they are decompressed
   * @return null if there is no room
   * @throws IOException if the bytes are damaged, or no UTF-8
   */
  static @Nullable String text(byte[] bytes, IntPredicate reserve) throws IOException {
    byte[] json = bytes;
    if (bytes.length >= Integer.BYTES && ByteBuffer.wrap(bytes).getInt() == MAGIC) {
      byte[] plain = decompressed(bytes, reserve);
      if (plain == null) {
        return null;
      }
      json = plain;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException("the message is neither zstd nor UTF-8", e);
    }
  }

  private static byte @Nullable [] decompressed(byte[] bytes, IntPredicate reserve)
      throws IOException {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    byte[] chunk = new byte[CHUNK];
    try (InputStream in = new ZstdInputStream(new ByteArrayInputStream(bytes))) {
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        if (!reserve.test(count)) {
          return null;
        }
        plain.write(chunk, 0, count);
      }
    }
    return plain.toByteArray();
  }
}
