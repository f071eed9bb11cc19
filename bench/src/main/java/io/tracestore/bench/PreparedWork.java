package io.tracestore.bench;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Work of which each call takes one prepared input.
 *
 * @param <I> the type of an input
 */
@SuppressWarnings("try") // an interrupt may pass
final class PreparedWork<I> implements Work {
  private final int operations;
  private final Preparation preparation;
  private final Maker<I> maker;
  private final Operation<I> operation;
  private final AutoCloseable end;
  private @Nullable Object[] inputs = {};

  /** A step before inputs are made. */
  interface Preparation {
    void before(int calls) throws Exception;
  }

  /** Makes inputs. */
  interface Maker<I> {
    I next() throws Exception;
  }

  /** The measured call. */
  interface Operation<I> {
    @Nullable Object call(I input) throws Exception;
  }

  private PreparedWork(
      int operations,
      Preparation preparation,
      Maker<I> maker,
      Operation<I> operation,
      AutoCloseable end) {
    this.operations = operations;
    this.preparation = preparation;
    this.maker = maker;
    this.operation = operation;
    this.end = end;
  }

  /**
   * Work of {@code operations} operations a call.
   *
   * @param end is closed with the work
   */
  static <I> PreparedWork<I> of(
      int operations, Maker<I> maker, Operation<I> operation, AutoCloseable end) {
    return new PreparedWork<>(operations, calls -> {}, maker, operation, end);
  }

  /** The same work with a step before the inputs of several calls are made. */
  PreparedWork<I> after(Preparation step) {
    return new PreparedWork<>(operations, step, maker, operation, end);
  }

  @Override
  public void prepare(int calls) throws Exception {
    // Inputs of before are garbage, unless the store keeps them.
    Arrays.fill(inputs, null);
    preparation.before(calls);
    if (inputs.length < calls) {
      inputs = new Object[calls];
    }
    for (int i = 0; i < calls; i++) {
      inputs[i] = maker.next();
    }
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // prepared by the maker
  public @Nullable Object call(int number) throws Exception {
    return operation.call((I) inputs[number]);
  }

  @Override
  public int operations() {
    return operations;
  }

  @Override
  public void close() throws Exception {
    end.close();
  }
}
