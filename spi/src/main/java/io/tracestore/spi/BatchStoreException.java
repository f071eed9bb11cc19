package io.tracestore.spi;

import io.tracestore.model.TraceId;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Some traces of a {@link TraceStore#storeTraces batch} were not stored; all others were. The first
 * failure's exception is the cause, the others are suppressed.
 */
public final class BatchStoreException extends TraceStoreException {
  @Serial private static final long serialVersionUID = 1L;

  /** Written and read by hand: ids are not serializable. */
  private transient List<Failure> failures;

  private final boolean retryable;

  /**
   * One trace that was not stored.
   *
   * @param index its place in the batch, from 0 in the batch's order of iteration
   * @param traceId its id
   * @param cause why; retrying is worth it if the cause is {@linkplain
   *     TraceStoreException#isRetryable() retryable}
   */
  public record Failure(int index, TraceId traceId, TraceStoreException cause) {}

  /**
   * @param batchSize how many traces the batch had
   * @param failures the traces that were not stored, in the order of the batch; not empty
   */
  public BatchStoreException(int batchSize, List<Failure> failures) {
    super(
        "%d of %d traces were not stored; first, trace %s: %s"
            .formatted(
                failures.size(),
                batchSize,
                failures.getFirst().traceId(),
                failures.getFirst().cause().getMessage()),
        failures.getFirst().cause());
    this.failures = List.copyOf(failures);
    this.retryable = failures.stream().allMatch(failure -> failure.cause().isRetryable());
    failures.stream()
        .map(Failure::cause)
        .distinct()
        .filter(other -> !other.equals(getCause()))
        .forEach(this::addSuppressed);
  }

  /** Exactly the traces that were not stored, in the order of the batch. */
  public List<Failure> failures() {
    return failures;
  }

  /** Whether every failure is retryable. */
  @Override
  public boolean isRetryable() {
    return retryable;
  }

  @Serial
  private void writeObject(ObjectOutputStream out) throws IOException {
    out.defaultWriteObject();
    out.writeInt(failures.size());
    for (Failure failure : failures) {
      UUID id = failure.traceId().value();
      out.writeInt(failure.index());
      out.writeLong(id.getMostSignificantBits());
      out.writeLong(id.getLeastSignificantBits());
      out.writeObject(failure.cause());
    }
  }

  @Serial
  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    int count = in.readInt();
    List<Failure> read = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int index = in.readInt();
      TraceId id = new TraceId(new UUID(in.readLong(), in.readLong()));
      read.add(new Failure(index, id, (TraceStoreException) in.readObject()));
    }
    failures = List.copyOf(read);
  }
}
