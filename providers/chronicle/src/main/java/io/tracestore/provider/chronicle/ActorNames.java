package io.tracestore.provider.chronicle;

import java.util.ArrayList;
import java.util.List;

/**
 * The names of all actors that some trace has, in a few entries: a part of a name is looked up
 * among them. Used by one thread, inside the gate.
 */
final class ActorNames {
  private static final int ENTRY_BYTES = 32 << 10;

  private final Source source;
  private int lists;

  ActorNames(Transaction transaction) {
    this.source = transaction;
    this.lists = transaction.nameLists();
  }

  private ActorNames(Source source, int lists) {
    this.source = source;
    this.lists = lists;
  }

  /** The names that contain {@code part}. */
  static List<String> containing(String part, Source source) {
    ActorNames names = new ActorNames(source, State.of(source).nameLists());
    List<String> found = new ArrayList<>();
    for (int i = 0; i < names.lists; i++) {
      for (String name : names.read(i)) {
        if (name.contains(part)) {
          found.add(name);
        }
      }
    }
    return found;
  }

  private List<String> read(int list) {
    byte[] bytes = source.get(Key.names(list));
    return bytes == null ? List.of() : Input.read("names of actors", bytes, ActorNames::names);
  }

  private static List<String> names(Input in) {
    List<String> names = new ArrayList<>();
    in.u8();
    while (in.hasMore()) {
      names.add(in.text());
    }
    return names;
  }

  /** Adds names that are not there. */
  void add(List<String> added, Transaction transaction) {
    if (added.isEmpty()) {
      return;
    }
    byte[] last = lists == 0 ? null : transaction.get(Key.names(lists - 1));
    Output out;
    if (last == null || last.length > ENTRY_BYTES) {
      out = new Output(ENTRY_BYTES).u8(1);
      lists++;
    } else {
      out = new Output(2 * last.length).raw(last);
    }
    added.forEach(out::text);
    transaction.put(Key.names(lists - 1), out.toBytes());
    transaction.nameLists(lists);
  }

  void remove(String name, Transaction transaction) {
    for (int i = 0; i < lists; i++) {
      List<String> names = new ArrayList<>(read(i));
      if (names.remove(name)) {
        Output out = new Output(ENTRY_BYTES).u8(1);
        names.forEach(out::text);
        transaction.put(Key.names(i), out.toBytes());
        return;
      }
    }
  }
}
