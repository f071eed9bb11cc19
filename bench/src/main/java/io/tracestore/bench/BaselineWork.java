package io.tracestore.bench;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;

/** The {@link Baseline} of a backend, filled and called as its store is. */
@SuppressWarnings("try") // an interrupt may pass
final class BaselineWork implements AutoCloseable {
  private static final int CHECKED = 100;

  private final Workload workload = Workload.load();
  private final Scratch scratch;
  private final Baseline baseline;
  private long next;
  private long first;

  private BaselineWork(Scratch scratch, Baseline baseline) {
    this.scratch = scratch;
    this.baseline = baseline;
  }

  /** Opens and fills the baseline of {@code subject}. */
  static Work open(Subject subject) throws Exception {
    String name = "raw_" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    Scratch scratch = Scratch.of(Targets.uri(subject.store()), name);
    BaselineWork work = new BaselineWork(scratch, Baseline.open(scratch));
    work.fill(work.workload.tracesOf(subject.events()));
    if (subject.operation().startsWith("getTrace")) {
      return work.reading();
    }
    int batch = subject.operation().equals("storeTraces") ? Works.BATCH : 1;
    PreparedWork<Callable<?>> writing = work.writing(batch);
    if (subject.variant().equals(Works.ROOM)) {
      return writing.after(work::makeRoom);
    }
    work.fill(FilledStore.capacity(scratch.uri()));
    return writing;
  }

  private void fill(long traces) throws Exception {
    while (next < traces) {
      newTraces((int) Math.min(Works.BATCH, traces - next)).call();
    }
  }

  private Callable<?> newTraces(int count) {
    next += count;
    return baseline.writing(workload.traces(next - count, count));
  }

  private void makeRoom(int traces) {
    if (baseline.makeRoom(next - first + traces)) {
      first = next;
    }
  }

  private PreparedWork<Callable<?>> writing(int batch) {
    return PreparedWork.of(batch, () -> newTraces(batch), Callable::call, this);
  }

  private Work reading() {
    ColdIds ids = new ColdIds(workload, next);
    PreparedWork.Maker<Callable<?>> maker = () -> baseline.reading(ids.next());
    return PreparedWork.of(1, maker, call -> Objects.requireNonNull(call.call()), this);
  }

  /** Checks that the last that were written are there. */
  @Override
  public void close() throws Exception {
    for (long number = Math.max(first, next - CHECKED); number < next; number++) {
      Objects.requireNonNull(
          baseline.reading(workload.id(number)).call(), "what was written is there");
    }
    baseline.close();
    scratch.remove();
  }
}
