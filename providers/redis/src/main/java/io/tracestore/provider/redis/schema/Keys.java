package io.tracestore.provider.redis.schema;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.model.Uuids;
import io.tracestore.provider.support.index.TermNames;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;

/**
 * The names of keys, and the members of indexes.
 *
 * <p>A trace belongs to one of a fixed number of partitions, by its id. The partition's number is
 * the hash tag of all keys, so that a trace and the index entries of it are in one slot.
 */
public final class Keys {
  /** Inverted start time and trace id. */
  static final int MEMBER_SIZE = Long.BYTES + 16;

  private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

  private final byte[][] bases;
  private final String prefix;

  public Keys(String prefix, int partitions) {
    this.prefix = prefix;
    this.bases = new byte[partitions][];
    for (int i = 0; i < partitions; i++) {
      bases[i] = utf8("%s:{%d}:".formatted(prefix, i));
    }
  }

  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  public int partitions() {
    return bases.length;
  }

  /** The beginning of the names of all keys of a partition. */
  public byte[] base(int partition) {
    return bases[partition];
  }

  public byte[] base(TraceId id) {
    return bases[partitionOf(id)];
  }

  public int partitionOf(TraceId id) {
    // The high bits of ids are times: all bits must count.
    long bits = id.value().getMostSignificantBits() * MIX ^ id.value().getLeastSignificantBits();
    return (int) Long.remainderUnsigned((bits * MIX) >>> 16, bases.length);
  }

  /** The keys of a trace that scripts take: h, e, t, x, o. */
  public byte[][] ofTrace(TraceId id) {
    byte[] base = base(id);
    String uuid = id.toString();
    return new byte[][] {
      append(base, uuid + ":h"),
      append(base, uuid + ":e"),
      append(base, uuid + ":t"),
      append(base, "x"),
      append(base, "o")
    };
  }

  public byte[] events(TraceId id) {
    return append(base(id), id + ":e");
  }

  /** The term of an index of a partition. */
  public byte[] termOf(TraceId id, byte[] index) {
    return Arrays.copyOfRange(index, base(id).length + "i:".length(), index.length);
  }

  public byte[] index(int partition, String term) {
    return append(bases[partition], "i:" + term);
  }

  /** The terms of a partition by which names are listed. */
  public byte[] names(int partition) {
    return append(bases[partition], "names");
  }

  /** The lists of keys of attributes by which a partition's traces were written. */
  public byte[] lists(int partition) {
    return append(bases[partition], "lists");
  }

  public byte[] expiry(int partition) {
    return append(bases[partition], "x");
  }

  public byte[] early(int partition) {
    return append(bases[partition], "o");
  }

  /** A key of a partition that checks write. */
  public byte[] probe(int partition) {
    return append(bases[partition], "probe");
  }

  /** The key that has the layout. It is in partition 0, whose writes keep it from being evicted. */
  public static byte[] meta(String prefix) {
    return utf8(prefix + ":{0}:meta");
  }

  /** The keys that the script of the layout takes: meta, the index of all, x, o. */
  public byte[][] ofLayout() {
    return new byte[][] {meta(prefix), index(0, TermNames.ALL), expiry(0), early(0)};
  }

  @Override
  public String toString() {
    return prefix;
  }

  private static byte[] append(byte[] base, String name) {
    byte[] tail = utf8(name);
    byte[] key = Arrays.copyOf(base, base.length + tail.length);
    System.arraycopy(tail, 0, key, base.length, tail.length);
    return key;
  }

  /**
   * The member that represents a trace in every index. In the order of bytes, the newest trace is
   * first; equal starts are ordered by id.
   */
  public static byte[] member(FlowTrace trace) {
    return member(trace.startTime(), trace.traceId());
  }

  public static byte[] member(Instant startTime, TraceId id) {
    return ByteBuffer.allocate(MEMBER_SIZE)
        .putLong(inverted(EpochNanos.of(startTime)))
        .put(Uuids.toBytes(id.value()))
        .array();
  }

  /** The last member that a trace started then can have. */
  public static byte[] lastMember(Instant startTime) {
    ByteBuffer member =
        ByteBuffer.allocate(MEMBER_SIZE).putLong(inverted(EpochNanos.of(startTime)));
    return member.putLong(-1).putLong(-1).array();
  }

  /** The first member that a trace started then can have. */
  public static byte[] firstMember(Instant startTime) {
    return ByteBuffer.allocate(MEMBER_SIZE).putLong(inverted(EpochNanos.of(startTime))).array();
  }

  public static TraceId idOf(byte[] member) {
    ByteBuffer buffer = ByteBuffer.wrap(member, member.length - 16, 16);
    return new TraceId(new UUID(buffer.getLong(), buffer.getLong()));
  }

  /** Later times give smaller unsigned numbers. */
  private static long inverted(long nanos) {
    return ~(nanos ^ Long.MIN_VALUE);
  }
}
