package io.tracestore.provider.postgresql.schema;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The id of an actor, the name of an event type or a list of keys, which rows hold as a number.
 *
 * @param kind what it names
 * @param text the name, not escaped
 */
public record Name(Kind kind, String text) {
  /** The kind of thing that a name belongs to; the numbers are part of the schema. */
  public enum Kind {
    ACTOR(0),
    EVENT_TYPE(1),
    /** A list of keys by which a writer indexes attributes. */
    INDEXED_KEYS(2);

    private final short code;

    Kind(int code) {
      this.code = (short) code;
    }

    public short code() {
      return code;
    }
  }

  /** Its SHA-256: a text may be longer than an index takes. */
  byte[] digest() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
