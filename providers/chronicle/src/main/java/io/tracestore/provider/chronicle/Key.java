package io.tracestore.provider.chronicle;

import io.tracestore.provider.support.Terms;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The key of an entry of the map: a letter that says what it is, and what it is about. */
final class Key {
  private static final byte META = 'M';
  private static final byte STATE = 'L';
  private static final byte TRACE = 'T';
  private static final byte BLOCK = 'B';
  private static final byte CHANGE = 'R';
  private static final byte POSTINGS = 'P';
  private static final byte PAGE = 'Q';
  private static final byte NAMES = 'N';
  private static final byte PART = 'Z';
  private static final byte PROBE = 'H';

  private final byte[] bytes;
  private final int hash;

  private Key(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  static Key of(byte[] bytes) {
    return new Key(bytes);
  }

  /** How the file was made. */
  static Key meta() {
    return new Key(new byte[] {META});
  }

  /** Counts, and where the log of the index begins and ends. */
  static Key state() {
    return new Key(new byte[] {STATE});
  }

  static Key trace(Member member) {
    return new Key(
        ByteBuffer.allocate(17).put(TRACE).putLong(member.high()).putLong(member.low()).array());
  }

  /** Events of a trace that do not fit beside its header. */
  static Key block(Member member, int number) {
    return new Key(
        ByteBuffer.allocate(21)
            .put(BLOCK)
            .putLong(member.high())
            .putLong(member.low())
            .putInt(number)
            .array());
  }

  /** An entry of the log of the index. */
  static Key change(long number) {
    return new Key(ByteBuffer.allocate(9).put(CHANGE).putLong(number).array());
  }

  /** The traces that have a term. */
  static Key postings(String term) {
    return ofTerm(POSTINGS, term, -1);
  }

  /** A part of the traces that have a term. */
  static Key page(String term, int number) {
    return ofTerm(PAGE, term, number);
  }

  private static Key ofTerm(byte kind, String term, int number) {
    byte[] text = Terms.bounded(term).getBytes(StandardCharsets.UTF_8);
    return new Key(
        ByteBuffer.allocate(1 + Integer.BYTES + text.length)
            .put(kind)
            .putInt(number)
            .put(text)
            .array());
  }

  /** What a health check writes. */
  static Key probe() {
    return new Key(new byte[] {PROBE});
  }

  /** Some names of actors. */
  static Key names(int number) {
    return new Key(ByteBuffer.allocate(5).put(NAMES).putInt(number).array());
  }

  /** A part of the value of {@code key}, which is too large for one entry. */
  static Key part(Key key, int number) {
    return new Key(
        ByteBuffer.allocate(1 + Integer.BYTES + key.bytes.length)
            .put(PART)
            .putInt(number)
            .put(key.bytes)
            .array());
  }

  byte[] bytes() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key key && hash == key.hash && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
