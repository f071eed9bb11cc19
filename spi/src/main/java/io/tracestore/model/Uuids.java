package io.tracestore.model;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * UUIDs as stores need them: time-ordered new ones, their order as 16 unsigned bytes, and their
 * bytes.
 *
 * <p>{@link UUID#compareTo} compares two signed halves and so disagrees with every database; use
 * {@link #compare} instead.
 */
public final class Uuids {
  private static final Generator GENERATOR = new Generator();

  private Uuids() {}

  /**
   * A new UUID of version 7 (RFC 9562, section 5.7, with the 12-bit counter of its method 1). Later
   * calls in this JVM give greater values, also while the clock is set back or more ids are made
   * than a millisecond has counts: then the time in them runs ahead of the clock.
   */
  public static UUID randomV7() {
    return GENERATOR.next();
  }

  /** Compares as 16 unsigned bytes, most significant first. */
  public static int compare(UUID a, UUID b) {
    int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
    return high != 0
        ? high
        : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
  }

  /** The 16 bytes of {@code uuid}, most significant first; a new array each time. */
  public static byte[] toBytes(UUID uuid) {
    return ByteBuffer.allocate(16)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }

  /**
   * The UUID of 16 bytes, most significant first.
   *
   * @throws IllegalArgumentException if there are not 16
   */
  public static UUID ofBytes(byte[] bytes) {
    if (bytes.length != 16) {
      throw new IllegalArgumentException("a UUID has 16 bytes: " + bytes.length);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new UUID(buffer.getLong(), buffer.getLong());
  }

  /**
   * Parses the 36-character form with hyphens, upper or lower case. Stricter than {@link
   * UUID#fromString}, which accepts {@code 1-1-1-1-1}.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static UUID parse(String text) {
    if (text.length() == 36) {
      try {
        UUID uuid = UUID.fromString(text);
        if (uuid.toString().equalsIgnoreCase(text)) {
          return uuid;
        }
      } catch (IllegalArgumentException e) {
        // Falls through to the one message below.
      }
    }
    String shown = text.length() <= 80 ? text : text.substring(0, 80) + "...";
    throw new IllegalArgumentException(
        "not a UUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx: '" + shown + "'");
  }

  /** Random bits are drawn in blocks: one system call for many ids. */
  private static final class Generator {
    private static final int COUNTER_LIMIT = 1 << 12;

    private final ReentrantLock lock = new ReentrantLock();
    private final SecureRandom random = new SecureRandom();
    private final byte[] block = new byte[4096];
    private final ByteBuffer bits = ByteBuffer.wrap(block).limit(0);
    private long lastMillis;
    private int counter;

    UUID next() {
      lock.lock();
      try {
        if (bits.remaining() < 10) {
          random.nextBytes(block);
          bits.clear();
        }
        long low = bits.getLong();
        int seed = bits.getShort() & 0x7FF;
        long now = System.currentTimeMillis();
        if (now > lastMillis) {
          lastMillis = now;
          counter = seed; // the upper bit stays free, so that many ids fit into one millisecond
        } else if (++counter == COUNTER_LIMIT) {
          lastMillis++;
          counter = seed;
        }
        long high = (lastMillis << 16) | 0x7000L | counter;
        return new UUID(high, (low & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L);
      } finally {
        lock.unlock();
      }
    }
  }
}
