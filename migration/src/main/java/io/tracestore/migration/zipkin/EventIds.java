package io.tracestore.migration.zipkin;

import io.tracestore.model.EventId;
import io.tracestore.model.JsonValue.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * Event ids made from what Zipkin says: the same span always gives the same ones (UUID version 8, a
 * SHA-256 of the names behind one byte that orders events of one instant sensibly).
 */
final class EventIds {
  /** What an event says of its span, in the order in which they stand within one microsecond. */
  enum Role {
    STARTED(0),
    RECEIVED(1),
    ANNOTATION(2),
    SENT(3),
    FLOW(4),
    ENDED(5);

    private final int rank;

    Role(int rank) {
      this.rank = rank;
    }
  }

  private final byte[] prefix;

  /**
   * @param occurrence which of the spans that cannot be told apart otherwise
   */
  EventIds(ZipkinSpan span, int occurrence) {
    JsonObject local = span.localEndpoint();
    String name =
        String.join(
            "\n",
            span.traceId(),
            span.id(),
            String.valueOf(Boolean.TRUE.equals(span.shared())),
            String.valueOf(span.kind()),
            local == null ? "" : local.toString(),
            String.valueOf(occurrence));
    this.prefix = name.getBytes(StandardCharsets.UTF_8);
  }

  EventId of(Role role, int index) {
    MessageDigest digest = sha256();
    digest.update(prefix);
    digest.update(ByteBuffer.allocate(8).putInt(role.rank).putInt(index).flip());
    ByteBuffer hash = ByteBuffer.wrap(digest.digest());
    long high = ((long) role.rank << 56) | (hash.getLong() >>> 8);
    long low = hash.getLong();
    return new EventId(
        new UUID(
            (high & ~0xF000L) | 0x8000L, (low & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
