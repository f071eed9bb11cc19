package io.tracestore.provider.support.write;

import io.tracestore.spi.TraceStoreException;
import java.util.Objects;

/** The result of one write. Immutable. */
public sealed interface WriteOutcome {
  /**
   * The write is committed.
   *
   * @param count what the write counted, such as removed traces; 0 if it counts nothing
   */
  record Stored(long count) implements WriteOutcome {}

  /**
   * Nothing of the write is stored.
   *
   * @param reason why; an exception that no other caller gets
   */
  record Refused(TraceStoreException reason) implements WriteOutcome {
    /** Refuses null. */
    public Refused {
      Objects.requireNonNull(reason, "reason");
    }
  }

  /** The outcome of a write that counts nothing. */
  static WriteOutcome stored() {
    return stored(0);
  }

  /** The outcome of a write that counted {@code count}. */
  static WriteOutcome stored(long count) {
    return new Stored(count);
  }

  /** The outcome of a write of which nothing is stored. */
  static WriteOutcome refused(TraceStoreException reason) {
    return new Refused(reason);
  }

  /**
   * The count of a stored write.
   *
   * @throws TraceStoreException the reason of a refused one, with the stack of this caller
   */
  default long orThrow() {
    return switch (this) {
      case Stored stored -> stored.count();
      case Refused refused -> {
        TraceStoreException reason = refused.reason();
        reason.fillInStackTrace();
        throw reason;
      }
    };
  }
}
