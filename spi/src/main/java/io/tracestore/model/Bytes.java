package io.tracestore.model;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/** An immutable sequence of bytes, equal to another by content. Copied on the way in and out. */
public final class Bytes {
  /** No bytes. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private static final int SHOWN = 16;

  private final byte[] content;

  private Bytes(byte[] content) {
    this.content = content;
  }

  /** The bytes of a copy of {@code content}. */
  public static Bytes of(byte... content) {
    return content.length == 0 ? EMPTY : new Bytes(content.clone());
  }

  /**
   * The bytes of a copy of {@code content[from..to)}.
   *
   * @throws IndexOutOfBoundsException if that reaches beyond {@code content}
   */
  public static Bytes of(byte[] content, int from, int to) {
    Objects.checkFromToIndex(from, to, content.length);
    return from == to ? EMPTY : new Bytes(Arrays.copyOfRange(content, from, to));
  }

  /** How many bytes there are. */
  public int length() {
    return content.length;
  }

  /**
   * The byte at {@code index}, from 0.
   *
   * @throws ArrayIndexOutOfBoundsException if there is none
   */
  public byte get(int index) {
    return content[index];
  }

  /** A new array with the bytes. */
  public byte[] toArray() {
    return content.clone();
  }

  /**
   * Copies all bytes into {@code target} from {@code offset} on.
   *
   * @throws IndexOutOfBoundsException if they do not fit
   */
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(content, 0, target, offset, content.length);
  }

  /** A stream over the bytes, without a copy. */
  public InputStream openStream() {
    return new ByteArrayInputStream(content);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(content, that.content);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  /** The length and the first bytes in hexadecimal. */
  @Override
  public String toString() {
    String start = HexFormat.of().formatHex(content, 0, Math.min(SHOWN, content.length));
    return "Bytes[%d: %s%s]".formatted(content.length, start, content.length > SHOWN ? "..." : "");
  }
}
