package io.tracestore.provider.chronicle;

import io.tracestore.provider.support.Terms;
import io.tracestore.spi.CorruptDataException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The changes of the index that are not in the postings yet: a write only adds to the log, and one
 * write in some thousand takes all of it over into the postings, each page of which is so written
 * once for many traces.
 *
 * <p>Of a trace that was not there before, the log has the id only: the trace's own entry says what
 * it is found by. If that changes before the log is read, the log's later entries say so, and lead
 * to the same.
 *
 * <p>What this process wrote or read of the log it keeps in memory. Safe for many threads, inside
 * the gate.
 */
final class IndexLog {
  /** So many changes of terms the log may hold. */
  private static final int MOST_CHANGES = 1 << 16;

  /** With so many, a query has them taken over first. */
  private static final int MANY_FOR_QUERIES = 1 << 13;

  private static final int CHANGE = 1;
  private static final int NEW_TRACES = 2;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, TermChanges> changes = new HashMap<>();

  /** Up to where {@link #changes} has the log: an entry, and what of it was read already. */
  private long first = -1;

  private long next = -1;
  private int nextOfEntry;

  static boolean isLong(State state) {
    return state.waiting() >= MOST_CHANGES;
  }

  static boolean isLongForQueries(State state) {
    return state.waiting() >= MANY_FOR_QUERIES;
  }

  /** Adds to the log; returns the new traces that no entry has yet. */
  static List<Member> add(
      List<Member> recent, Iterable<IndexChange> added, Transaction transaction) {
    List<Member> news = new ArrayList<>(recent);
    for (IndexChange change : added) {
      if (change.isNew()) {
        news.add(change.member());
      } else {
        flush(news, transaction);
        Output out = new Output(64 + 32 * change.size()).u8(CHANGE);
        change.write(out);
        transaction.put(Key.change(transaction.takeChangeNumber()), out.toBytes());
      }
    }
    if (news.size() > State.MOST_RECENT) {
      flush(news, transaction);
    }
    return news;
  }

  private static void flush(List<Member> news, Transaction transaction) {
    if (news.isEmpty()) {
      return;
    }
    Output out = new Output(1 + news.size() * State.RECENT_SIZE).u8(NEW_TRACES);
    for (Member member : news) {
      out.i64(member.high()).i64(member.low());
    }
    transaction.put(Key.change(transaction.takeChangeNumber()), out.toBytes());
    news.clear();
  }

  /**
   * Takes the log over into the postings.
   *
   * @param stored the map, in which {@code transaction} has not changed anything yet
   */
  void takeOver(Source stored, Transaction transaction) {
    lock.lock();
    try {
      catchUp(stored);
      for (long n = transaction.firstChange(); n < transaction.nextChange(); n++) {
        transaction.remove(Key.change(n));
      }
      transaction.endLog();
      ActorNames names = new ActorNames(transaction);
      List<String> added = new ArrayList<>();
      changes.forEach((term, ofTerm) -> {
        Postings postings = new Postings(transaction, term);
        boolean before = postings.size() > 0;
        postings.apply(ofTerm.comes(), ofTerm.goes(), transaction);
        boolean after = postings.size() > 0;
        String actor = Terms.actorOf(term);
        if (actor != null && before && !after) {
          names.remove(actor, transaction);
        } else if (actor != null && !before && after) {
          added.add(actor);
        }
      });
      names.add(added, transaction);
    } finally {
      lock.unlock();
    }
  }

  /** Keeps what a transaction of this process added, which is now in the map. */
  void wrote(Transaction transaction) {
    lock.lock();
    try {
      State before = transaction.begun();
      State after = transaction.state();
      if (before.isLogEmpty() || before.firstChange() != after.firstChange()) {
        goTo(before.firstChange() == after.firstChange() ? before : after);
      }
      if (first == before.firstChange() && isAtEndOf(before)) {
        transaction.logged().forEach(this::collect);
        next = after.nextChange();
        nextOfEntry = after.recent().size();
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isAtEndOf(State state) {
    return next == state.nextChange() && nextOfEntry == state.recent().size();
  }

  /** Begins anew with a log that is empty, or not read yet. */
  private void goTo(State state) {
    changes.clear();
    first = state.firstChange();
    next = first;
    nextOfEntry = 0;
  }

  private void collect(IndexChange change) {
    for (String term : change.goes()) {
      changesOf(term).add(change.memberIn(term), false);
    }
    for (String term : change.comes()) {
      changesOf(term).add(change.memberIn(term), true);
    }
  }

  private TermChanges changesOf(String term) {
    return changes.computeIfAbsent(term, absent -> new TermChanges());
  }

  /** The changes of {@code term} as the log has them now; only to be read, inside the gate. */
  NavigableMap<Member, Boolean> changesOf(String term, Source source) {
    lock.lock();
    try {
      catchUp(source);
      TermChanges ofTerm = changes.get(term);
      return ofTerm == null ? new TreeMap<>() : ofTerm.sorted();
    } finally {
      lock.unlock();
    }
  }

  /** The actors that the log names, whether they come or go. */
  List<String> actors(Source source) {
    lock.lock();
    try {
      catchUp(source);
      List<String> actors = new ArrayList<>();
      for (String term : changes.keySet()) {
        String actor = Terms.actorOf(term);
        if (actor != null) {
          actors.add(actor);
        }
      }
      return actors;
    } finally {
      lock.unlock();
    }
  }

  /** Reads what other processes wrote, and this one before it was opened anew. */
  private void catchUp(Source source) {
    State state = State.of(source);
    if (state.firstChange() != first) {
      goTo(state);
    }
    while (next < state.nextChange()) {
      readEntry(next, source);
      next++;
      nextOfEntry = 0;
    }
    readNew(state.recent(), source);
    nextOfEntry = state.recent().size();
  }

  private void readEntry(long number, Source source) {
    byte[] bytes = source.get(Key.change(number));
    if (bytes == null) {
      throw damaged("is missing");
    }
    switch (bytes[0]) {
      case CHANGE ->
          collect(
              Input.read(
                  "an entry of the index's log",
                  bytes,
                  in -> {
                    in.u8();
                    return IndexChange.read(in);
                  }));
      case NEW_TRACES ->
          readNew(Input.read("an entry of the index's log", bytes, IndexLog::newTraces), source);
      default -> throw damaged("has sort %d".formatted(bytes[0]));
    }
  }

  private static List<Member> newTraces(Input in) {
    List<Member> news = new ArrayList<>();
    in.u8();
    while (in.hasMore()) {
      news.add(new Member(0, in.i64(), in.i64()));
    }
    return news;
  }

  /** Reads those behind the ones that were read when there were fewer. */
  private void readNew(List<Member> news, Source source) {
    for (Member member : news.subList(Math.min(nextOfEntry, news.size()), news.size())) {
      byte[] bytes = source.get(Key.trace(member));
      if (bytes != null) {
        collect(StoredTrace.read(bytes).asNew(member));
      }
    }
  }

  private static CorruptDataException damaged(String what) {
    return new CorruptDataException("damaged index: an entry of its log " + what, null);
  }
}
