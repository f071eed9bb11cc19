package io.tracestore.migration;

import io.tracestore.codec.ReflowJsonWriter;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;

/**
 * A digest of traces that does not depend on their order; {@link VerificationReport} says which.
 */
final class TraceDigest {
  private static final int BITS = 256;
  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(BITS);

  private BigInteger sum = BigInteger.ZERO;
  private long traces;
  private long events;

  /**
   * The digest of one trace.
   *
   * @param events how many it has
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by isSame
  record OfTrace(byte[] bytes, long events) {
    boolean isSame(OfTrace other) {
      return Arrays.equals(bytes, other.bytes);
    }
  }

  /** The digest of a trace, of which {@code read} gives the events. */
  static OfTrace of(FlowTrace header, Iterator<TraceEvent> read) {
    MessageDigest sha256 = BackupLines.newDigest();
    long events;
    try (ReflowJsonWriter writer =
        new ReflowJsonWriter(
            new DigestOutputStream(OutputStream.nullOutputStream(), sha256),
            ReflowJsonWriter.Layout.LINES)) {
      events = writer.write(header, read);
    }
    return new OfTrace(sha256.digest(), events);
  }

  void add(FlowTrace trace) {
    add(of(trace, trace.events().iterator()));
  }

  /** Adds a trace that both sides have alike, and is worked out once. */
  static void addToBoth(TraceDigest one, TraceDigest other, FlowTrace trace) {
    OfTrace digest = of(trace, trace.events().iterator());
    one.add(digest);
    other.add(digest);
  }

  void add(OfTrace trace) {
    sum = sum.add(new BigInteger(1, trace.bytes)).mod(MODULUS);
    traces++;
    events += trace.events;
  }

  long traces() {
    return traces;
  }

  long events() {
    return events;
  }

  String hex() {
    byte[] bytes = sum.toByteArray();
    byte[] padded = new byte[BITS / Byte.SIZE];
    int length = Math.min(bytes.length, padded.length);
    System.arraycopy(bytes, bytes.length - length, padded, padded.length - length, length);
    return HexFormat.of().formatHex(padded);
  }
}
