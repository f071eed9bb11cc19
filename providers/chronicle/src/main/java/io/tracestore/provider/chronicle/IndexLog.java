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
 * write in some hundred takes all of it over into the postings, each page of which is so written
 * once for many traces. Readers keep what they read of the log in memory. Safe for many threads.
 */
final class IndexLog {
  /** So long the log may be. */
  private static final int MOST_CHANGES = 512;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, NavigableMap<Member, Boolean>> changes = new HashMap<>();
  private long first = -1;
  private long next = -1;

  static void add(IndexChange change, Transaction transaction) {
    transaction.put(Key.change(transaction.takeChangeNumber()), change.toBytes());
  }

  static boolean isLong(Transaction transaction) {
    return transaction.nextChange() - transaction.firstChange() >= MOST_CHANGES;
  }

  /** Takes the log over into the postings. */
  static void takeOver(Transaction transaction) {
    Map<String, NavigableMap<Member, Boolean>> changes = new HashMap<>();
    for (long n = transaction.firstChange(); n < transaction.nextChange(); n++) {
      collect(read(transaction, n), changes);
      transaction.remove(Key.change(n));
    }
    transaction.endLog();
    ActorNames names = new ActorNames(transaction);
    List<String> added = new ArrayList<>();
    changes.forEach((term, ofTerm) -> {
      Postings postings = new Postings(transaction, term);
      boolean before = postings.size() > 0;
      postings.apply(ofTerm, transaction);
      boolean after = postings.size() > 0;
      String actor = Terms.actorOf(term);
      if (actor != null && before && !after) {
        names.remove(actor, transaction);
      } else if (actor != null && !before && after) {
        added.add(actor);
      }
    });
    names.add(added, transaction);
  }

  private static void collect(
      IndexChange change, Map<String, NavigableMap<Member, Boolean>> changes) {
    change
        .terms()
        .forEach((term, comes) ->
            changes
                .computeIfAbsent(term, absent -> new TreeMap<>())
                .put(change.memberIn(term), comes));
  }

  private static IndexChange read(Source source, long number) {
    byte[] bytes = source.get(Key.change(number));
    if (bytes == null) {
      throw new CorruptDataException("damaged index: an entry of its log is missing", null);
    }
    return IndexChange.read(bytes);
  }

  private static State state(Source source) {
    byte[] state = source.entry(Key.state());
    return state == null ? State.EMPTY : State.read(state);
  }

  /** The changes of {@code term} as the log has them now. */
  NavigableMap<Member, Boolean> changesOf(String term, Source source) {
    lock.lock();
    try {
      catchUp(source);
      NavigableMap<Member, Boolean> ofTerm = changes.get(term);
      return ofTerm == null ? new TreeMap<>() : new TreeMap<>(ofTerm);
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

  private void catchUp(Source source) {
    State state = state(source);
    if (state.firstChange() != first) {
      changes.clear();
      first = state.firstChange();
      next = first;
    }
    while (next < state.nextChange()) {
      collect(read(source, next), changes);
      next++;
    }
  }
}
