package io.tracestore.provider.chronicle;

import io.tracestore.spi.StoreCapacityException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes to several entries, done together or not at all. What was there before is written to the
 * journal before the first of them is changed. Used by one thread, inside the gate.
 */
final class Transaction implements Source {
  /** An entry's value before and after; null for none. */
  private static final class Change {
    private final byte @Nullable [] before;
    private byte @Nullable [] after;

    Change(byte @Nullable [] before, byte @Nullable [] after) {
      this.before = before;
      this.after = after;
    }

    static Change of(byte @Nullable [] before) {
      return new Change(before, before);
    }

    @SuppressWarnings("ReferenceEquality") // nobody has set another
    boolean isNone() {
      return before == after;
    }
  }

  private final Table table;
  private final Sizing sizing;
  private final Map<Key, Change> changes = new LinkedHashMap<>();
  private long firstChange;
  private long nextChange;
  private long traces;
  private int nameLists;
  private final State begun;
  private final List<IndexChange> logged = new ArrayList<>();
  private State state;
  private boolean bounded;

  /**
   * @param state as it is in the table
   */
  Transaction(Table table, Sizing sizing, State state) {
    this.table = table;
    this.sizing = sizing;
    this.begun = state;
    this.state = state;
    this.firstChange = begun.firstChange();
    this.nextChange = begun.nextChange();
    this.traces = begun.traces();
    this.nameLists = begun.nameLists();
  }

  /** What is read is mostly changed afterwards: it is read once. */
  @Override
  public byte @Nullable [] entry(Key key) {
    return change(key).after;
  }

  /** Sets a value, of any size. */
  void put(Key key, byte[] value) {
    Change change = change(key);
    removeParts(key, change);
    if (value.length <= Table.MOST_BYTES) {
      change.after = value;
      return;
    }
    int parts = 0;
    for (int from = 0; from < value.length; from += Table.MOST_BYTES) {
      int to = Math.min(value.length, from + Table.MOST_BYTES);
      change(Key.part(key, parts++)).after = Arrays.copyOfRange(value, from, to);
    }
    change.after =
        ByteBuffer.allocate(CUT_SIZE).put(CUT).putInt(parts).putInt(value.length).array();
  }

  void remove(Key key) {
    Change change = change(key);
    removeParts(key, change);
    change.after = null;
  }

  private void removeParts(Key key, Change change) {
    byte[] entry = change.after;
    if (entry != null && entry[0] == CUT) {
      int parts = ByteBuffer.wrap(entry, 1, Integer.BYTES).getInt();
      for (int i = 0; i < parts; i++) {
        change(Key.part(key, i)).after = null;
      }
    }
  }

  private Change change(Key key) {
    return changes.computeIfAbsent(key, absent -> Change.of(table.get(absent)));
  }

  /** Has a change of the index added to its log. */
  void log(IndexChange change) {
    logged.add(change);
  }

  List<IndexChange> logged() {
    return logged;
  }

  /** What the state was. */
  State begun() {
    return begun;
  }

  /** What the state is after the commit. */
  State state() {
    return state;
  }

  /** A number for a further entry of the index's log. */
  long takeChangeNumber() {
    return nextChange++;
  }

  long firstChange() {
    return firstChange;
  }

  long nextChange() {
    return nextChange;
  }

  /** The log of the index is empty now. */
  void endLog() {
    nextChange++; // so that this can be told from the log before, whatever that held
    firstChange = nextChange;
  }

  int nameLists() {
    return nameLists;
  }

  void nameLists(int count) {
    nameLists = count;
  }

  /** Counts a trace that came. */
  void traceCame() {
    traces++;
    bounded = true;
  }

  /** Counts a trace that went. */
  void traceWent() {
    traces--;
  }

  /** What is stored has to stay within the bounds. */
  void bound() {
    bounded = true;
  }

  /**
   * Does the changes. If this throws, none is done.
   *
   * @throws StoreCapacityException if a bound would be passed
   * @throws IOException if the journal cannot be written
   */
  void commit(Gate gate, Journal journal) throws IOException {
    List<Member> recent = log();
    changes.values().removeIf(Change::isNone);
    if (changes.isEmpty() && firstChange == begun.firstChange()) {
      return;
    }
    State ended = ended(recent);
    check(ended);
    changes.put(Key.state(), new Change(begun.toBytes(), ended.toBytes()));
    journal.write(before());
    gate.changing();
    try {
      apply();
    } catch (RuntimeException | Error e) {
      // If this throws too, the gate still says that there is something to undo.
      undo(before(), table);
      gate.changed();
      throw e;
    }
    gate.changed();
    state = ended;
  }

  /** Writes the log; returns its end, which the state has. */
  private List<Member> log() {
    boolean taken = firstChange != begun.firstChange();
    return IndexLog.add(taken ? List.of() : begun.recent(), logged, this);
  }

  private State ended(List<Member> recent) {
    long waiting = firstChange == begun.firstChange() ? begun.waiting() : 0;
    for (IndexChange change : logged) {
      waiting += change.size();
    }
    long chunks = begun.chunks();
    long entries = begun.entries();
    for (Map.Entry<Key, Change> entry : changes.entrySet()) {
      Change change = entry.getValue();
      if (change.before != null) {
        chunks -= Sizing.chunksOf(entry.getKey(), change.before);
        entries--;
      }
      if (change.after != null) {
        chunks += Sizing.chunksOf(entry.getKey(), change.after);
        entries++;
      }
    }
    return new State(firstChange, nextChange, waiting, traces, chunks, entries, nameLists, recent);
  }

  private void check(State ended) {
    if (!bounded) {
      return;
    }
    if (ended.traces() > begun.traces() && ended.traces() > sizing.maxTraces()) {
      throw new StoreCapacityException(
          "full: maxTraces is %d; delete traces, or open with a larger one"
              .formatted(sizing.maxTraces()),
          null);
    }
    boolean grows = ended.chunks() > begun.chunks() || ended.entries() > begun.entries();
    if (grows && (ended.chunks() > sizing.chunkLimit() || ended.entries() > sizing.entryLimit())) {
      throw new StoreCapacityException(
          "full: %d MiB are in use; delete traces, or open with a larger maxTraces or averageTraceBytes"
              .formatted((ended.chunks() * Sizing.CHUNK) >> 20),
          null);
    }
  }

  private List<Journal.Entry> before() {
    List<Journal.Entry> before = new ArrayList<>(changes.size());
    changes.forEach((key, change) -> before.add(new Journal.Entry(key, change.before)));
    return before;
  }

  /** What goes makes room for what comes. */
  private void apply() {
    changes.forEach((key, change) -> {
      if (change.after == null) {
        table.remove(key);
      }
    });
    changes.forEach((key, change) -> {
      if (change.after != null) {
        table.put(key, change.after);
      }
    });
  }

  /** Gives entries the values that they had. */
  static void undo(List<Journal.Entry> before, Table table) {
    // First all out, then in, the largest first: what fitted before fits again.
    before.forEach(entry -> table.remove(entry.key()));
    before.stream()
        .filter(entry -> entry.value() != null)
        .sorted((a, b) -> Integer.compare(length(b), length(a)))
        .forEach(entry -> {
          byte[] value = entry.value();
          if (value != null) {
            table.put(entry.key(), value);
          }
        });
  }

  private static int length(Journal.Entry entry) {
    byte[] value = entry.value();
    return value == null ? 0 : value.length;
  }
}
