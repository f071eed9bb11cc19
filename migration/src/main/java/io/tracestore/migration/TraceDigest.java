package io.tracestore.migration;

import io.tracestore.codec.ReflowJsonWriter;
import io.tracestore.model.FlowTrace;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * A digest of traces that does not depend on their order; {@link VerificationReport} says which.
 */
final class TraceDigest {
  private static final int BITS = 256;
  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(BITS);

  private final MessageDigest sha256 = BackupLines.newDigest();
  private BigInteger sum = BigInteger.ZERO;
  private long traces;
  private long events;

  /** The digest of one trace. */
  private byte[] of(FlowTrace trace) {
    try (ReflowJsonWriter writer =
        new ReflowJsonWriter(
            new DigestOutputStream(OutputStream.nullOutputStream(), sha256),
            ReflowJsonWriter.Layout.LINES)) {
      writer.write(trace);
    }
    return sha256.digest();
  }

  void add(FlowTrace trace) {
    add(of(trace), trace);
  }

  /** Adds a trace that both sides have alike, and is worked out once. */
  static void addToBoth(TraceDigest one, TraceDigest other, FlowTrace trace) {
    byte[] digest = one.of(trace);
    one.add(digest, trace);
    other.add(digest, trace);
  }

  private void add(byte[] digest, FlowTrace trace) {
    sum = sum.add(new BigInteger(1, digest)).mod(MODULUS);
    traces++;
    events += trace.events().size();
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
