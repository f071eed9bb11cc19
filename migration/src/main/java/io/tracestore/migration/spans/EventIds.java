package io.tracestore.migration.spans;

import io.tracestore.model.EventId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * Event ids made from what a span says: the same span always gives the same ones (UUID version 8).
 * The first byte is the role of the event and the next three its index within the span, so that
 * events of one instant are ordered sensibly and annotations as they stand in their source; the
 * rest is a SHA-256 of the span's names. It is the same for all events of a span, so that stores
 * that compress write it once.
 */
final class EventIds {
  /** The role of an event in its span; events of one instant are in this order. */
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

  private static final int MAX_INDEX = (1 << 24) - 1;

  private final byte[] names;
  private final ByteBuffer hash;

  /**
   * @param occurrence the number of the span among spans that are otherwise equal
   */
  EventIds(Span span, int occurrence) {
    String name =
        String.join(
            "\n",
            span.traceId(),
            span.id(),
            String.valueOf(span.shared()),
            String.valueOf(span.kind()),
            span.place(),
            String.valueOf(occurrence));
    this.names = name.getBytes(StandardCharsets.UTF_8);
    this.hash = ByteBuffer.wrap(sha256().digest(names));
  }

  /** The index of {@code id} within its span. */
  static int indexOf(EventId id) {
    return (int) (id.value().getMostSignificantBits() >>> 32) & MAX_INDEX;
  }

  EventId of(Role role, int index) {
    return index < MAX_INDEX ? id(role, index, hash) : id(role, MAX_INDEX, hashOf(index));
  }

  /** The hash of an event whose index its id has no room for. */
  private ByteBuffer hashOf(int index) {
    MessageDigest digest = sha256();
    digest.update(names);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(index).flip());
    return ByteBuffer.wrap(digest.digest());
  }

  private static EventId id(Role role, int order, ByteBuffer hash) {
    long high = ((long) role.rank << 56) | ((long) order << 32) | (hash.getLong(0) >>> 32);
    long low = hash.getLong(Long.BYTES);
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
