package io.tracestore.codec;

import com.github.luben.zstd.ZstdInputStream;
import io.tracestore.model.Bytes;
import io.tracestore.model.JsonValue;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.spi.CorruptDataException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Checksums of messages as Reflow makes them: {@code sha256:} and the SHA-256, in 64 lower-case
 * hexadecimal digits, of the content as canonical JSON, which has sorted keys and no spaces, and
 * numbers as they were written. Safe for use by many threads.
 */
public final class MessageChecksum {
  private static final String PREFIX = "sha256:";
  private static final String ZSTD = "zstd";

  private MessageChecksum() {}

  /** Result of a check. */
  public enum Verdict {
    /** The content is the one that the checksum was made of. */
    MATCHES,
    /** The content is another one. */
    DIFFERS,
    /** There is no checksum, no content, or one of a form that is not known. */
    NOT_CHECKED
  }

  /** Returns the checksum of {@code content}. */
  public static String of(JsonValue content) {
    return ofBytes(ReflowJson.write(content).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Compares the content of {@code message} with its checksum. Content that is no JSON is taken
   * byte by byte.
   */
  public static Verdict verify(MessageSnapshot message) {
    Bytes stored = message.serializedData();
    if (stored == null || !message.checksum().startsWith(PREFIX)) {
      return Verdict.NOT_CHECKED;
    }
    byte[] content;
    try {
      content = decoded(stored, message.contentCodec());
    } catch (IOException e) {
      return Verdict.DIFFERS;
    }
    if (content == null) {
      return Verdict.NOT_CHECKED;
    }
    boolean matches =
        message.checksum().equals(ofBytes(content))
            || message.checksum().equals(ofCanonical(content));
    return matches ? Verdict.MATCHES : Verdict.DIFFERS;
  }

  /** Null if the codec is not known, or the content is larger than any that is read here. */
  private static byte @Nullable [] decoded(Bytes stored, String codec) throws IOException {
    if (codec.equals(MessageSnapshot.NO_CODEC)) {
      return stored.toArray();
    }
    if (!codec.equals(ZSTD)) {
      return null;
    }
    try (ZstdInputStream in = new ZstdInputStream(new ByteArrayInputStream(stored.toArray()))) {
      byte[] content = in.readNBytes(Zstandard.MAX_LENGTH + 1);
      return content.length > Zstandard.MAX_LENGTH ? null : content;
    }
  }

  private static String ofCanonical(byte[] content) {
    try {
      return of(ReflowJson.readValue(new String(content, StandardCharsets.UTF_8)));
    } catch (CorruptDataException e) {
      return ""; // no JSON
    }
  }

  private static String ofBytes(byte[] bytes) {
    try {
      return PREFIX + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
