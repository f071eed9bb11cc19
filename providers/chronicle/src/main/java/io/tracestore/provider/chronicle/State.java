package io.tracestore.provider.chronicle;

import java.util.ArrayList;
import java.util.List;

/**
 * What the store knows of itself, in one entry that changes with every transaction.
 *
 * @param firstChange the first entry of the index's log
 * @param nextChange behind its last one
 * @param waiting how many changes of terms the log holds, those of the {@code recent} too
 * @param traces how many traces there are, those without header too
 * @param chunks how many chunks all entries but this one take
 * @param entries how many entries there are
 * @param nameLists how many entries with names of actors there are
 * @param recent the end of the log: new traces that have no entry there yet, without time
 */
record State(
    long firstChange,
    long nextChange,
    long waiting,
    long traces,
    long chunks,
    long entries,
    int nameLists,
    List<Member> recent) {
  static final State EMPTY = new State(0, 0, 0, 0, 0, 0, 0, List.of());

  /** Of so many new traces the ids are kept here, so that not each needs an entry in the log. */
  static final int MOST_RECENT = 16;

  static final int RECENT_SIZE = 2 * Long.BYTES;

  static State of(Source source) {
    byte[] state = source.entry(Key.state());
    return state == null ? EMPTY : read(state);
  }

  static State read(byte[] bytes) {
    return Input.read("the state", bytes, State::read);
  }

  private static State read(Input in) {
    long firstChange = in.i64();
    long nextChange = in.i64();
    long waiting = in.i64();
    long traces = in.i64();
    long chunks = in.i64();
    long entries = in.i64();
    int nameLists = in.i32();
    int count = in.i32();
    List<Member> recent = new ArrayList<>(MOST_RECENT);
    for (int i = 0; i < MOST_RECENT; i++) {
      Member member = new Member(0, in.i64(), in.i64());
      if (i < count) {
        recent.add(member);
      }
    }
    return new State(firstChange, nextChange, waiting, traces, chunks, entries, nameLists, recent);
  }

  boolean isLogEmpty() {
    return firstChange == nextChange && recent.isEmpty();
  }

  /** Always of one length, so that the entry keeps its place. */
  byte[] toBytes() {
    Output out =
        new Output(56 + MOST_RECENT * RECENT_SIZE)
            .i64(firstChange)
            .i64(nextChange)
            .i64(waiting)
            .i64(traces)
            .i64(chunks)
            .i64(entries)
            .i32(nameLists)
            .i32(recent.size());
    for (int i = 0; i < MOST_RECENT; i++) {
      Member member = i < recent.size() ? recent.get(i) : Member.FIRST;
      out.i64(member.high()).i64(member.low());
    }
    return out.toBytes();
  }
}
