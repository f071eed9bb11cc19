package io.tracestore.provider.chronicle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the log changes of one term. Sorted only when somebody asks: most are never read before they
 * are taken over. Not safe for many threads.
 */
final class TermChanges {
  private final List<Member> added = new ArrayList<>(4);
  private @Nullable NavigableMap<Member, Boolean> sorted;

  void add(Member member, boolean comes) {
    if (comes && sorted == null) {
      added.add(member);
    } else {
      sorted().put(member, comes);
    }
  }

  /** True for members that came, false for those that went. */
  NavigableMap<Member, Boolean> sorted() {
    if (sorted == null) {
      sorted = new TreeMap<>();
      for (Member member : added) {
        sorted.put(member, true);
      }
      added.clear();
    }
    return sorted;
  }

  /** The members that came, in order; one may be there twice. */
  List<Member> comes() {
    if (sorted != null) {
      return withValue(true, sorted);
    }
    Collections.sort(added);
    return added;
  }

  /** The members that went, in order. */
  List<Member> goes() {
    return sorted == null ? List.of() : withValue(false, sorted);
  }

  private static List<Member> withValue(boolean value, NavigableMap<Member, Boolean> changes) {
    List<Member> members = new ArrayList<>(changes.size());
    for (Map.Entry<Member, Boolean> change : changes.entrySet()) {
      if (change.getValue() == value) {
        members.add(change.getKey());
      }
    }
    return members;
  }
}
