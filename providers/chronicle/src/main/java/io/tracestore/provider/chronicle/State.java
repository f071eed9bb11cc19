package io.tracestore.provider.chronicle;

/**
 * What the store knows of itself, in one entry that changes with every transaction.
 *
 * @param firstChange the first entry of the index's log
 * @param nextChange behind its last one
 * @param traces how many traces there are, those without header too
 * @param chunks how many chunks all entries but this one take
 * @param entries how many entries there are
 * @param nameLists how many entries with names of actors there are
 */
record State(
    long firstChange, long nextChange, long traces, long chunks, long entries, int nameLists) {
  static final State EMPTY = new State(0, 0, 0, 0, 0, 0);

  static State read(byte[] bytes) {
    return Input.read(
        "the state",
        bytes,
        in -> new State(in.i64(), in.i64(), in.i64(), in.i64(), in.i64(), in.i32()));
  }

  byte[] toBytes() {
    return new Output(48)
        .i64(firstChange)
        .i64(nextChange)
        .i64(traces)
        .i64(chunks)
        .i64(entries)
        .i32(nameLists)
        .toBytes();
  }
}
